// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <bit>
#include <utility>

#include "load/onnx/parts.h"
#include "load/onnx/tensor_data.h"

namespace rheo::onnx {
namespace {

using Kind = Attribute::Kind;

constexpr std::uint32_t kNameField = 1;
constexpr std::uint32_t kTypeField = 20;
constexpr std::uint32_t kParameterField = 21;

// The kind of the value in a field of AttributeProto; nothing for fields that hold no value.
std::optional<Kind> kind_of_field(std::uint32_t number) {
  switch (number) {
    case 2: return Kind::real;
    case 3: return Kind::integer;
    case 4: return Kind::text;
    case 5: return Kind::tensor;
    case 6: return Kind::graph;
    case 7: return Kind::reals;
    case 8: return Kind::integers;
    case 9: return Kind::texts;
    case 10:
    case 11:
    case 14:
    case 15:
    case 22:
    case 23: return Kind::other;
    default: return std::nullopt;
  }
}

// The kinds of which values were found, a bit each.
class Found {
 public:
  void add(Kind kind) { bits_ |= bit(kind); }
  bool has(Kind kind) const { return (bits_ & bit(kind)) != 0; }
  bool none() const { return bits_ == 0; }
  bool only(Kind kind) const { return (bits_ & ~bit(kind)) == 0; }
  // The kind that is the only one; nothing when there are none or several.
  std::optional<Kind> single() const {
    if (!std::has_single_bit(bits_)) return std::nullopt;
    return static_cast<Kind>(std::countr_zero(bits_));
  }

 private:
  static unsigned bit(Kind kind) { return 1U << static_cast<unsigned>(kind); }
  unsigned bits_ = 0;
};

// Books room for more numbers before they are unpacked.
template <typename T>
Status make_room(std::size_t more, Reading& reading, std::vector<T>& list) {
  const std::size_t limit = reading.limits().integers_per_attribute;
  if (more > limit || list.size() > limit - more) {
    return Status(StatusCode::limit_exceeded,
                  fmt::format("An attribute has more numbers than the limit of {}.", limit));
  }
  return reading.book(more, 2 * sizeof(T));  // twice, because a list that grows is copied
}

Status read_reals(WireMessage& message, Reading& reading, std::vector<float>& reals) {
  RHEO_RETURN_IF_ERROR(make_room(message.count_numbers(WireType::fixed32), reading, reals));
  message.each_number(WireType::fixed32, [&](std::uint64_t bits) {
    reals.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
  });
  return Status();
}

Status read_integers(WireMessage& message, Reading& reading, std::vector<std::int64_t>& integers) {
  RHEO_RETURN_IF_ERROR(make_room(message.count_numbers(WireType::varint), reading, integers));
  message.each_number(WireType::varint,
                      [&](std::uint64_t bits) { integers.push_back(static_cast<std::int64_t>(bits)); });
  return Status();
}

Status read_text(WireMessage& message, Reading& reading, std::string& text) {
  const std::string_view stored = message.text();
  if (stored.size() > reading.limits().text_bytes) {
    return Status(StatusCode::limit_exceeded, fmt::format("A text has {} bytes, more than the limit of {}.",
                                                          stored.size(), reading.limits().text_bytes));
  }
  RHEO_RETURN_IF_ERROR(reading.book(stored.size(), 1));
  text = stored;
  return Status();
}

Status read_graph(WireMessage& message, Place place, Reading& reading, Attribute& attribute) {
  if (attribute.graph != nullptr) return message.broken("An attribute holds two graphs.");
  RHEO_RETURN_IF_ERROR(reading.book(1, sizeof(Graph)));
  const auto graph = std::make_shared<Graph>();
  ++place.depth;
  RHEO_RETURN_IF_ERROR(parse_graph(message.message(), place, reading, *graph));
  attribute.graph = graph;
  return Status();
}

Status read_value(WireMessage& message, Kind kind, const Place& place, Reading& reading, Attribute& attribute) {
  switch (kind) {
    case Kind::real: attribute.real = message.real(); break;
    case Kind::integer: attribute.integer = message.integer(); break;
    case Kind::text: return read_text(message, reading, attribute.text);
    case Kind::tensor: return parse_tensor(message.message(), reading, attribute.tensor);
    case Kind::graph: return read_graph(message, place, reading, attribute);
    case Kind::reals: return read_reals(message, reading, attribute.reals);
    case Kind::integers: return read_integers(message, reading, attribute.integers);
    case Kind::texts: return read_text(message, reading, attribute.texts.emplace_back());
    case Kind::other: break;
  }
  return Status();
}

// The kind that AttributeProto.type says, which files of before 2018 leave out.
Result<Kind> kind_from(const WireMessage& message, std::int64_t type, const Found& found) {
  constexpr std::int64_t kLastOfRead = 8;
  constexpr std::int64_t kLast = 14;
  if (type == 0) {
    if (const auto single = found.single()) return *single;
    return message.broken("An attribute has no type and not one value.");
  }
  if (type < 0 || type > kLast) return message.broken(fmt::format("There are no attributes of type {}.", type));
  const Kind kind = type <= kLastOfRead ? static_cast<Kind>(type) : Kind::other;
  if (found.only(kind)) return kind;
  return message.broken(fmt::format("An attribute of type {} has a value of another one.", type));
}

Status check_value(const WireMessage& message, const Found& found, const Place& place, const Attribute& attribute) {
  if (attribute.name.empty()) return message.broken("An attribute has no name.");
  if (!attribute.parameter.empty()) {
    if (!place.in_function) return message.broken("An attribute refers to a parameter, but stands in no function.");
    if (!found.none()) return message.broken("An attribute refers to a parameter and has a value.");
    return Status();
  }
  const bool needs_value = attribute.kind == Kind::tensor || attribute.kind == Kind::graph;
  if (needs_value && found.none()) return message.broken("An attribute has no value.");
  return Status();
}

}  // namespace

Status parse_attribute(WireMessage message, const Place& place, Reading& reading, Attribute& attribute) {
  Found found;
  std::int64_t type = 0;
  RHEO_RETURN_IF_ERROR(reading.reserve(message, 9, attribute.texts));
  while (message.next()) {
    const std::uint32_t number = message.number();
    if (number == kNameField) {
      message.note(reading.required_name(message, "The name of an attribute", attribute.name));
    } else if (number == kTypeField) {
      type = message.integer();
    } else if (number == kParameterField) {
      message.note(reading.required_name(message, "The name of a parameter", attribute.parameter));
    } else if (const auto kind = kind_of_field(number)) {
      if (*kind == Kind::tensor && found.has(Kind::tensor))
        message.note(message.broken("An attribute has two tensors."));
      message.note(read_value(message, *kind, place, reading, attribute));
      found.add(*kind);
    }
  }
  RHEO_RETURN_IF_ERROR(message.finish());
  RHEO_ASSIGN_OR_RETURN(attribute.kind, kind_from(message, type, found));
  return check_value(message, found, place, attribute);
}

}  // namespace rheo::onnx

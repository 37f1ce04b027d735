// SPDX-License-Identifier: Apache-2.0
#include "load/json_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/try.h"

namespace rheo {
namespace {

using Json = nlohmann::json;

// Builds the tree from the parser's events. The parser keeps its own stack on the heap, so depth costs no call stack.
class TreeBuilder final : public nlohmann::json_sax<Json> {
 public:
  explicit TreeBuilder(const LoadLimits& limits) : limits_(limits) {}

  bool null() override { return add(JsonValue()); }
  bool boolean(bool value) override { return add(JsonValue(value)); }
  bool number_integer(number_integer_t value) override { return add(JsonValue(std::int64_t{value})); }
  bool number_unsigned(number_unsigned_t value) override {
    if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      return refuse(StatusCode::bad_format, fmt::format("The number {} does not fit 64 bits with a sign.", value));
    }
    return add(JsonValue(static_cast<std::int64_t>(value)));
  }
  bool number_float(number_float_t value, const string_t& /*text*/) override { return add(JsonValue(double{value})); }
  bool string(string_t& value) override { return add(JsonValue(std::move(value))); }
  bool binary(binary_t& /*value*/) override { return refuse(StatusCode::bad_format, "JSON texts hold no binary."); }
  bool key(string_t& name) override {
    keys_.push_back(std::move(name));
    return true;
  }
  bool start_object(std::size_t /*elements*/) override { return open(JsonValue(JsonValue::Object())); }
  bool start_array(std::size_t /*elements*/) override { return open(JsonValue(JsonValue::Array())); }
  bool end_array() override { return close(); }
  bool end_object() override {
    auto& members = *open_.back().as<JsonValue::Object>();
    const auto by_key = [](const auto& a, const auto& b) { return a.first < b.first; };
    const auto same_key = [](const auto& a, const auto& b) { return a.first == b.first; };
    std::stable_sort(members.begin(), members.end(), by_key);
    const auto twin = std::adjacent_find(members.begin(), members.end(), same_key);
    if (twin != members.end()) {
      return refuse(StatusCode::bad_format, fmt::format("The key '{}' appears twice.", twin->first.substr(0, 64)));
    }
    return close();
  }
  bool parse_error(std::size_t position, const std::string& /*token*/, const Json::exception& /*error*/) override {
    return refuse(StatusCode::bad_format, fmt::format("The text is no JSON from byte {} on.", position));
  }

  Result<JsonValue> finish() && {
    if (!status_.ok()) return status_;
    return std::move(root_);
  }

 private:
  bool refuse(StatusCode code, std::string what) {
    if (status_.ok()) status_ = Status(code, std::move(what));
    return false;
  }

  bool add(JsonValue value) {
    if (++values_ > limits_.json_values) {
      return refuse(StatusCode::limit_exceeded,
                    fmt::format("The text holds more than {} JSON values.", limits_.json_values));
    }
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (auto* array = open_.back().as<JsonValue::Array>()) {
      array->push_back(std::move(value));
    } else {
      open_.back().as<JsonValue::Object>()->emplace_back(std::move(keys_.back()), std::move(value));
      keys_.pop_back();
    }
    return true;
  }

  bool open(JsonValue value) {
    if (open_.size() >= limits_.json_depth) {
      return refuse(StatusCode::limit_exceeded,
                    fmt::format("The text nests deeper than {} levels.", limits_.json_depth));
    }
    open_.push_back(std::move(value));
    return true;
  }

  bool close() {
    JsonValue value = std::move(open_.back());
    open_.pop_back();
    return add(std::move(value));
  }

  const LoadLimits& limits_;
  std::vector<JsonValue> open_;    // the objects and arrays that are not finished, outermost first
  std::vector<std::string> keys_;  // of the members that are not finished
  std::size_t values_ = 0;
  JsonValue root_;
  Status status_;
};

// Length in bytes of the UTF-8 character that `text` starts with; 0 when it starts with none.
std::size_t utf8_character_bytes(std::string_view text) {
  const auto byte_at = [&](std::size_t index) {
    return index < text.size() ? static_cast<unsigned char>(text[index]) : 0u;
  };
  const unsigned lead = byte_at(0);
  if (lead < 0x80) return 1;
  const std::size_t count = lead >= 0xc2 && lead <= 0xdf   ? 2
                            : lead >> 4 == 0xe             ? 3
                            : lead >= 0xf0 && lead <= 0xf4 ? 4
                                                           : 0;
  std::uint32_t code = count == 2 ? lead & 0x1f : count == 3 ? lead & 0x0f : lead & 0x07;
  for (std::size_t i = 1; i < count; ++i) {
    if (byte_at(i) >> 6 != 2) return 0;
    code = code << 6 | (byte_at(i) & 0x3f);
  }
  const bool overlong = (count == 3 && code < 0x800) || (count == 4 && code < 0x10000);
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  return overlong || surrogate || code > 0x10ffff ? 0 : count;
}

// Whether `text` is UTF-8 and `allows` the first byte of each of its characters.
template <typename Allows>
bool is_utf8(std::string_view text, Allows&& allows) {
  while (!text.empty()) {
    const std::size_t bytes = utf8_character_bytes(text);
    if (bytes == 0 || !allows(static_cast<unsigned char>(text.front()))) return false;
    text.remove_prefix(bytes);
  }
  return true;
}

Status require_size(std::string_view text, std::size_t limit_bytes, std::string_view what) {
  if (text.size() <= limit_bytes) return Status();
  return Status(StatusCode::limit_exceeded,
                fmt::format("{} has {} bytes, more than the limit of {}.", what, text.size(), limit_bytes));
}

}  // namespace

std::string_view JsonValue::kind() const {
  static constexpr std::array<std::string_view, 7> kKinds = {"null",   "true or false", "a whole number", "a number",
                                                             "a text", "an array",      "an object"};
  return kKinds[content_.index()];
}

Result<JsonValue> parse_json(std::string_view text, const LoadLimits& limits) {
  // The parser takes a zero byte for the end and would not look at what follows.
  if (text.find('\0') != std::string_view::npos) {
    return Status(StatusCode::bad_format, "The JSON text holds a zero byte.");
  }
  TreeBuilder builder(limits);
  Json::sax_parse(text.begin(), text.end(), &builder);
  return std::move(builder).finish();
}

Status require_name(std::string_view name, std::size_t limit_bytes, std::string_view what) {
  if (name.empty()) return Status(StatusCode::bad_format, fmt::format("{} is empty.", what));
  RHEO_RETURN_IF_ERROR(require_size(name, limit_bytes, what));
  if (!is_utf8(name, [](unsigned char lead) { return lead >= 0x20 && lead != 0x7f; })) {
    return Status(StatusCode::bad_format, fmt::format("{} is not UTF-8 or holds control characters.", what));
  }
  return Status();
}

Status require_text(std::string_view text, std::size_t limit_bytes, std::string_view what) {
  RHEO_RETURN_IF_ERROR(require_size(text, limit_bytes, what));
  if (!is_utf8(text, [](unsigned char lead) { return lead != 0; })) {
    return Status(StatusCode::bad_format, fmt::format("{} is not UTF-8 or holds a zero byte.", what));
  }
  return Status();
}

}  // namespace rheo

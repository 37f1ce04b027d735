// SPDX-License-Identifier: Apache-2.0
#include "load/safetensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/checked.h"
#include "base/try.h"
#include "load/byte_reader.h"
#include "load/json_fields.h"
#include "load/json_value.h"

namespace rheo {
namespace {

constexpr std::string_view kMetadata = "__metadata__";
constexpr std::size_t kLengthBytes = 8;
constexpr std::size_t kCodeLimitBytes = 16;

struct TypeCode {
  DType dtype;
  std::string_view text;
};
constexpr std::array kTypeCodes = {TypeCode{DType::f32, "F32"}, TypeCode{DType::bf16, "BF16"},
                                   TypeCode{DType::f16, "F16"}, TypeCode{DType::i8, "I8"},
                                   TypeCode{DType::u8, "U8"},   TypeCode{DType::i32, "I32"},
                                   TypeCode{DType::i64, "I64"}, TypeCode{DType::boolean, "BOOL"}};

Status broken(std::string what) { return Status(StatusCode::bad_format, std::move(what)); }

std::string_view code_of(DType dtype) {
  for (const TypeCode& known : kTypeCodes) {
    if (known.dtype == dtype) return known.text;
  }
  return {};
}

// What the header says of one tensor.
struct Entry {
  std::string_view name;
  DType dtype = DType::f32;
  Shape shape;
  std::size_t begin = 0;  // of its elements, relative to the end of the header
  std::size_t end = 0;
};

Result<Shape> shape_from(std::string_view name, const std::vector<std::int64_t>& dims, const LoadLimits& limits) {
  for (const std::int64_t dimension : dims) {
    if (dimension < 0) return broken(fmt::format("Tensor '{}' has a negative dimension.", name));
    if (dimension > limits.dimension) {
      return Status(StatusCode::limit_exceeded,
                    fmt::format("Tensor '{}' has a dimension of {}, more than the limit of {}.", name, dimension,
                                limits.dimension));
    }
  }
  return Shape(std::span<const std::int64_t>(dims));
}

// Whether the element type, the shape and the place speak of the same number of bytes.
Status check_size(const Entry& entry) {
  RHEO_ASSIGN_OR_RETURN(const std::int64_t elements, entry.shape.checked_elements());
  const auto size = checked_mul(static_cast<std::size_t>(elements), size_bytes(entry.dtype));
  if (!size || entry.begin > entry.end || entry.end - entry.begin != *size) {
    return broken(fmt::format("Tensor '{}' is {} of {}, which does not fill its bytes [{}, {}).", entry.name,
                              entry.shape.to_string(), name_of(entry.dtype), entry.begin, entry.end));
  }
  return Status();
}

Result<Entry> read_entry(std::string_view name, const JsonValue& value, std::size_t buffer_bytes,
                         const LoadLimits& limits) {
  RHEO_RETURN_IF_ERROR(require_name(name, limits.name_bytes, "The name of a tensor"));
  Entry entry;
  entry.name = name;
  std::string code;
  std::vector<std::int64_t> dims;
  std::vector<std::int64_t> offsets;
  JsonFields fields(value, fmt::format("Tensor '{}'", name));
  fields.text("dtype", code, kCodeLimitBytes);
  fields.integers("shape", dims, Shape::kMaxRank);
  fields.integers("data_offsets", offsets, 2);
  RHEO_RETURN_IF_ERROR(fields.finish());

  const auto known = std::find_if(kTypeCodes.begin(), kTypeCodes.end(), [&](const auto& t) { return t.text == code; });
  if (known == kTypeCodes.end()) {
    return Status(StatusCode::unsupported,
                  fmt::format("Tensor '{}' has the element type '{}', which is not read.", name, code));
  }
  entry.dtype = known->dtype;
  RHEO_ASSIGN_OR_RETURN(entry.shape, shape_from(name, dims, limits));
  const auto fits = [&](std::int64_t offset) {
    return offset >= 0 && static_cast<std::uint64_t>(offset) <= buffer_bytes;
  };
  if (offsets.size() != 2 || !fits(offsets[0]) || !fits(offsets[1])) {
    return broken(fmt::format("Tensor '{}' lies outside the {} bytes after the header.", name, buffer_bytes));
  }
  entry.begin = static_cast<std::size_t>(offsets[0]);
  entry.end = static_cast<std::size_t>(offsets[1]);
  RHEO_RETURN_IF_ERROR(check_size(entry));
  return entry;
}

Status read_metadata(const JsonValue& value, std::map<std::string, std::string, std::less<>>& metadata) {
  const auto* members = value.as<JsonValue::Object>();
  if (members == nullptr) return broken("__metadata__ is not an object.");
  for (const auto& [key, item] : *members) {
    const auto* text = item.as<std::string>();
    if (text == nullptr) return broken(fmt::format("__metadata__.{} is {}, not a text.", key, item.kind()));
    metadata.emplace(key, *text);
  }
  return Status();
}

// Entries in the order of their bytes must follow each other and end where the file does.
Status check_cover(std::vector<Entry>& entries, std::size_t buffer_bytes) {
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return std::tie(a.begin, a.end) < std::tie(b.begin, b.end); });
  std::size_t covered = 0;
  for (const Entry& entry : entries) {
    if (entry.begin != covered) {
      return broken(fmt::format("Tensor '{}' begins at byte {} of the elements, not at {} where the one before ends.",
                                entry.name, entry.begin, covered));
    }
    covered = entry.end;
  }
  if (covered != buffer_bytes) {
    return broken(fmt::format("The tensors end at byte {} of the elements, the file at {}.", covered, buffer_bytes));
  }
  return Status();
}

Result<Tensor> tensor_of(const Entry& entry, std::span<const std::byte> buffer,
                         const std::shared_ptr<const void>& owner) {
  const auto elements = buffer.subspan(entry.begin, entry.end - entry.begin);
  const auto is_truth_value = [](std::byte byte) { return byte <= std::byte{1}; };
  if (entry.dtype == DType::boolean && !std::all_of(elements.begin(), elements.end(), is_truth_value)) {
    return broken(fmt::format("Tensor '{}' is BOOL but holds bytes other than 0 and 1.", entry.name));
  }
  const auto address = reinterpret_cast<std::uintptr_t>(elements.data());
  if (owner != nullptr && !elements.empty() && address % Tensor::kAlignment == 0) {
    return Tensor::share(owner, elements.data(), entry.dtype, entry.shape);
  }
  RHEO_ASSIGN_OR_RETURN(Tensor copy, Tensor::zeros(entry.dtype, entry.shape));
  if (!elements.empty()) std::memcpy(copy.mutable_data(), elements.data(), elements.size());
  return copy;
}

Result<JsonValue> read_header(ByteReader& reader, const LoadLimits& limits) {
  const auto length = reader.little_endian(kLengthBytes);
  if (!length) return broken("The file is shorter than the 8 bytes every safetensors file starts with.");
  if (*length > limits.header_bytes) {
    return Status(StatusCode::limit_exceeded,
                  fmt::format("The header claims {} bytes, more than the limit of {}; this is hardly a safetensors "
                              "file.",
                              *length, limits.header_bytes));
  }
  const auto text = reader.take_text(static_cast<std::size_t>(*length));
  if (!text) return broken(fmt::format("The header claims {} bytes, the file ends before.", *length));
  if (!text->starts_with('{')) return broken("The header does not start with '{'; this is no safetensors file.");
  Result<JsonValue> header = parse_json(*text, limits);
  if (!header) return header.status().with_context("header");
  return header;
}

// The largest power of two, up to a tensor's alignment, that divides `size`.
std::size_t alignment_of(std::size_t size) {
  std::size_t alignment = Tensor::kAlignment;
  while (size % alignment != 0) alignment /= 2;
  return alignment;
}

}  // namespace

Result<Safetensors> read_safetensors(std::span<const std::byte> bytes, const std::shared_ptr<const void>& owner,
                                     const LoadLimits& limits) {
  if (bytes.size() > limits.file_bytes) {
    return Status(StatusCode::limit_exceeded,
                  fmt::format("The file has {} bytes, more than the limit of {}.", bytes.size(), limits.file_bytes));
  }
  ByteReader reader(bytes);
  RHEO_ASSIGN_OR_RETURN(const JsonValue header, read_header(reader, limits));
  const auto* members = header.as<JsonValue::Object>();
  if (members->size() > limits.tensors) {
    return Status(StatusCode::limit_exceeded, fmt::format("The header names {} tensors, more than the limit of {}.",
                                                          members->size(), limits.tensors));
  }
  Safetensors content;
  std::vector<Entry> entries;
  for (const auto& [name, value] : *members) {
    if (name == kMetadata) {
      RHEO_RETURN_IF_ERROR(read_metadata(value, content.metadata));
      continue;
    }
    RHEO_ASSIGN_OR_RETURN(Entry entry, read_entry(name, value, reader.remaining(), limits));
    entries.push_back(std::move(entry));
  }
  RHEO_RETURN_IF_ERROR(check_cover(entries, reader.remaining()));
  const auto buffer = *reader.take(reader.remaining());
  for (const Entry& entry : entries) {
    RHEO_ASSIGN_OR_RETURN(Tensor tensor, tensor_of(entry, buffer, owner));
    content.tensors.emplace(entry.name, std::move(tensor));
  }
  return content;
}

Result<std::vector<std::byte>> safetensors_bytes(const Safetensors& content) {
  std::vector<std::pair<std::string_view, const Tensor*>> order;
  for (const auto& [name, tensor] : content.tensors) order.emplace_back(name, &tensor);
  std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
    return alignment_of(a.second->size_bytes()) > alignment_of(b.second->size_bytes());
  });
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!content.metadata.empty()) header[std::string(kMetadata)] = content.metadata;
  std::size_t end = 0;
  for (const auto& [name, tensor] : order) {
    const auto dims = tensor->shape().dims();
    header[std::string(name)] = {{"dtype", code_of(tensor->dtype())},
                                 {"shape", std::vector<std::int64_t>(dims.begin(), dims.end())},
                                 {"data_offsets", {end, end + tensor->size_bytes()}}};
    end += tensor->size_bytes();
  }
  std::string text = header.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  text.resize(align_up(kLengthBytes + text.size(), Tensor::kAlignment) - kLengthBytes, ' ');

  std::vector<std::byte> bytes;
  bytes.reserve(kLengthBytes + text.size() + end);
  for (std::size_t i = 0; i < kLengthBytes; ++i) bytes.push_back(static_cast<std::byte>(text.size() >> (8 * i) & 0xff));
  const auto append = [&](std::span<const std::byte> part) { bytes.insert(bytes.end(), part.begin(), part.end()); };
  append(std::as_bytes(std::span(text)));
  for (const auto& [name, tensor] : order) {
    append({static_cast<const std::byte*>(tensor->data()), tensor->size_bytes()});
  }
  return bytes;
}

}  // namespace rheo

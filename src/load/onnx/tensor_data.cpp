// SPDX-License-Identifier: Apache-2.0
#include "load/onnx/tensor_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include "base/checked.h"
#include "load/given_weights.h"
#include "load/onnx/element_type.h"
#include "load/onnx/external_data.h"
#include "load/onnx/typed_elements.h"

namespace rheo::onnx {
namespace {

// The fields that hold elements as numbers or texts, and how their numbers are written.
constexpr std::array<std::pair<std::uint32_t, WireType>, 6> kTypedFields = {{{4, WireType::fixed32},
                                                                             {5, WireType::varint},
                                                                             {6, WireType::bytes},
                                                                             {7, WireType::varint},
                                                                             {10, WireType::fixed64},
                                                                             {11, WireType::varint}}};

// What a TensorProto says before it is known whether that holds together.
struct Claims {
  std::array<std::size_t, kTypedFields.size()> counts{};  // elements in each of kTypedFields
  std::optional<std::span<const std::byte>> raw;
  ExternalReference reference;
  bool is_external = false;
};

Status read_dimensions(WireMessage& message, const LoadLimits& limits, Shape& shape) {
  Status status;
  message.each_number(WireType::varint, [&](std::uint64_t bits) {
    const auto size = static_cast<std::int64_t>(bits);
    if (!status.ok()) return;
    if (size < 0) {
      status = message.broken("A tensor has a negative dimension.");
    } else if (size > limits.dimension) {
      status =
          Status(StatusCode::limit_exceeded,
                 fmt::format("A tensor has a dimension of {}, more than the limit of {}.", size, limits.dimension));
    } else if (!shape.push_back(size)) {
      status =
          Status(StatusCode::limit_exceeded, fmt::format("A tensor has more than {} dimensions.", Shape::kMaxRank));
    }
  });
  return status;
}

Status read_location(WireMessage& message, ExternalData* folder, std::size_t limit_bytes,
                     ExternalReference& reference) {
  TextPair pair;
  RHEO_RETURN_IF_ERROR(parse_text_pair(message.message(), pair));
  if (folder == nullptr) return Status();  // it is refused anyhow, whatever it names
  return reference.set(pair.key, pair.value, limit_bytes);
}

Status read_field(WireMessage& message, Reading& reading, TensorData& tensor, Claims& claims) {
  switch (message.number()) {
    case 1: return read_dimensions(message, reading.limits(), tensor.shape);
    case 2: tensor.type = static_cast<ElementType>(static_cast<std::int32_t>(message.varint())); return Status();
    case 3: return Status(StatusCode::unsupported, "Tensors in segments are not read.");
    case 8: return reading.name(message, "The name of a tensor", tensor.name);
    case 9: claims.raw = message.bytes(); return Status();
    case 13: return read_location(message, reading.external(), reading.limits().name_bytes, claims.reference);
    case 14: claims.is_external = message.varint() == 1; return Status();
    default: break;
  }
  for (std::size_t i = 0; i < kTypedFields.size(); ++i) {
    const auto [number, type] = kTypedFields[i];
    if (message.number() != number) continue;
    if (type == WireType::bytes) message.bytes();
    claims.counts[i] += type == WireType::bytes ? 1 : message.count_numbers(type);
  }
  return Status();
}

// Whether the elements come from one place, and one that fits their type.
Status check_sources(const TensorData& tensor, const Claims& claims) {
  const bool has_raw = claims.raw && !claims.raw->empty();
  int sources = (has_raw ? 1 : 0) + (claims.is_external ? 1 : 0);
  for (std::size_t i = 0; i < kTypedFields.size(); ++i) {
    if (claims.counts[i] == 0) continue;
    ++sources;
    if (kTypedFields[i].first == typed_field(tensor.type).number) continue;
    return Status(StatusCode::bad_format, fmt::format("The elements are {} but lie in field {}, which is for others.",
                                                      name_of(tensor.type), kTypedFields[i].first));
  }
  if (sources <= 1) return Status();
  return Status(StatusCode::bad_format, "The elements are given more than once.");
}

Status expect_size(const TensorData& tensor, std::size_t has, std::size_t needs, std::string_view unit) {
  if (has == needs) return Status();
  return Status(StatusCode::bad_format, fmt::format("{} of {} needs {} {}, but {} are given.", tensor.shape.to_string(),
                                                    name_of(tensor.type), needs, unit, has));
}

Status check_truth_values(const TensorData& tensor) {
  const auto is_truth_value = [](std::byte byte) { return byte <= std::byte{1}; };
  if (tensor.type != ElementType::boolean || std::ranges::all_of(tensor.bytes, is_truth_value)) return Status();
  return Status(StatusCode::bad_format, "The elements are bool, but some are neither 0 nor 1.");
}

// How many bytes the elements take, which may not be more than the limit.
Result<std::size_t> size_of(const TensorData& tensor, std::size_t elements, const LoadLimits& limits) {
  const auto size = checked_mul(elements, element_bytes(tensor.type));
  if (size && *size <= limits.tensor_bytes) return *size;
  return Status(StatusCode::limit_exceeded,
                fmt::format("{} of {} is more than the limit of {} bytes.", tensor.shape.to_string(),
                            name_of(tensor.type), limits.tensor_bytes));
}

// True when a given weight took the place of the tensor's own.
Result<bool> take_given(GivenWeights* weights, TensorData& tensor) {
  if (weights == nullptr) return false;
  const Result<DType> dtype = tensor.type == ElementType::f64 ? Result<DType>(DType::f32) : dtype_of(tensor.type);
  RHEO_ASSIGN_OR_RETURN(const Tensor* const given, weights->take(tensor.name, dtype, tensor.shape));
  if (given == nullptr) return false;
  const auto owner = std::make_shared<const Tensor>(*given);
  tensor.type = element_type_of(owner->dtype());
  tensor.bytes = {static_cast<const std::byte*>(owner->data()), owner->size_bytes()};
  tensor.owner = owner;
  return true;
}

Status find_elements(const WireMessage& start, const Claims& claims, Reading& reading, GivenWeights* weights,
                     TensorData& tensor) {
  if (tensor.type == ElementType::undefined) return Status(StatusCode::bad_format, "The element type is missing.");
  RHEO_ASSIGN_OR_RETURN(const std::int64_t counted, tensor.shape.checked_elements());
  const auto elements = static_cast<std::size_t>(counted);
  RHEO_ASSIGN_OR_RETURN(const bool is_given, take_given(weights, tensor));
  if (is_given) return Status();
  if (claims.is_external && reading.external() == nullptr) {
    return Status(StatusCode::unsupported,
                  "The elements lie in another file, which a model in memory cannot name; load the model's file.");
  }
  const TypedField field = typed_field(tensor.type);
  if (field.number == 0) return Status();  // a type without a name here: nothing is known of its elements
  RHEO_RETURN_IF_ERROR(check_sources(tensor, claims));
  if (tensor.type == ElementType::text) return expect_size(tensor, claims.counts[2], elements, "texts");
  RHEO_ASSIGN_OR_RETURN(const std::size_t size_bytes, size_of(tensor, elements, reading.limits()));
  if (claims.is_external) {
    RHEO_ASSIGN_OR_RETURN(const FileBytes content, reading.external()->bytes(claims.reference, size_bytes));
    tensor.bytes = content.bytes;
    tensor.owner = content.owner;
  } else if (claims.raw && !claims.raw->empty()) {
    RHEO_RETURN_IF_ERROR(expect_size(tensor, claims.raw->size(), size_bytes, "bytes"));
    tensor.bytes = *claims.raw;
    tensor.owner = reading.owner();
  } else {
    const std::size_t given = *std::ranges::max_element(claims.counts);
    RHEO_RETURN_IF_ERROR(expect_size(tensor, given, elements, "numbers"));
    if (elements > 0) RHEO_RETURN_IF_ERROR(unpack_elements(start, elements, reading, tensor));
  }
  return check_truth_values(tensor);
}

Status parse(WireMessage message, Reading& reading, GivenWeights* weights, TensorData& tensor) {
  RHEO_RETURN_IF_ERROR(reading.count_tensors(1));
  const WireMessage start = message;
  Claims claims;
  while (message.next()) message.note(read_field(message, reading, tensor, claims));
  RHEO_RETURN_IF_ERROR(message.finish());
  const Status status = find_elements(start, claims, reading, weights, tensor);
  return status.ok() ? status : status.with_context(fmt::format("tensor '{}' at byte {}", tensor.name, start.offset()));
}

}  // namespace

Status parse_tensor(WireMessage message, Reading& reading, TensorData& tensor) {
  return parse(message, reading, nullptr, tensor);
}

Status parse_initializer(WireMessage message, Reading& reading, TensorData& tensor) {
  return parse(message, reading, reading.given(), tensor);
}

Status parse_text_pair(WireMessage message, TextPair& pair) {
  while (message.next()) {
    if (message.number() == 1) pair.key = message.text();
    if (message.number() == 2) pair.value = message.text();
  }
  return message.finish();
}

}  // namespace rheo::onnx

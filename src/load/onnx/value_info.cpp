// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "load/onnx/parts.h"

namespace rheo::onnx {
namespace {

constexpr std::uint32_t kTensorType = 1;  // of TypeProto; the others are sequences, maps, optionals, sparse tensors

Status read_size(WireMessage& message, const LoadLimits& limits, Dimension& dimension) {
  const std::int64_t size = message.integer();
  if (size < kDynamic) return message.broken(fmt::format("A dimension is declared to be {}.", size));
  if (size > limits.dimension) {
    return Status(StatusCode::limit_exceeded,
                  fmt::format("A dimension is declared to be {}, more than the limit of {}.", size, limits.dimension));
  }
  dimension.size.reset();
  if (size != kDynamic) dimension.size = size;
  return Status();
}

Status parse_dimension(WireMessage message, Reading& reading, Dimension& dimension) {
  while (message.next()) {
    if (message.number() == 1) message.note(read_size(message, reading.limits(), dimension));
    if (message.number() == 2) message.note(reading.name(message, "The name of a dimension", dimension.name));
  }
  if (message.finish().ok() && dimension.size && !dimension.name.empty()) {
    return message.broken("A dimension is declared by size and by name.");
  }
  return message.finish();
}

Status parse_shape(WireMessage message, Reading& reading, std::vector<Dimension>& shape) {
  if (const std::size_t rank = message.count_fields(1); rank > Shape::kMaxRank) {
    return Status(StatusCode::limit_exceeded,
                  fmt::format("A value is declared with {} dimensions, more than {}.", rank, Shape::kMaxRank));
  }
  RHEO_RETURN_IF_ERROR(reading.reserve(message, 1, shape));
  while (message.next()) {
    if (message.number() != 1) continue;
    message.note(parse_dimension(message.message(), reading, shape.emplace_back()));
  }
  return message.finish();
}

// TypeProto.Tensor
Status parse_tensor_type(WireMessage message, Reading& reading, ValueInfo& value) {
  while (message.next()) {
    if (message.number() == 1) {
      value.type = static_cast<ElementType>(static_cast<std::int32_t>(message.varint()));
    } else if (message.number() == 2) {
      if (value.shape) message.note(message.broken("A value is declared with two shapes."));
      if (message.finish().ok()) message.note(parse_shape(message.message(), reading, value.shape.emplace()));
    }
  }
  return message.finish();
}

// TypeProto; a value without one is of any type.
Status parse_type(WireMessage message, Reading& reading, ValueInfo& value) {
  bool is_known = false;
  while (message.next()) {
    const std::uint32_t number = message.number();
    const bool is_other = number == 4 || number == 5 || number == 7 || number == 8 || number == 9;
    if (number != kTensorType && !is_other) continue;
    if (is_known) message.note(message.broken("A value is declared with two types."));
    is_known = true;
    value.kind = is_other ? ValueInfo::Kind::other : ValueInfo::Kind::tensor;
    if (!is_other) message.note(parse_tensor_type(message.message(), reading, value));
  }
  return message.finish();
}

}  // namespace

Status parse_value_info(WireMessage message, Reading& reading, ValueInfo& value) {
  bool has_type = false;
  const std::size_t offset = message.offset();
  while (message.next()) {
    if (message.number() == 1) message.note(reading.required_name(message, "The name of a value", value.name));
    if (message.number() != 2) continue;
    if (has_type) message.note(message.broken("A value is declared with two types."));
    has_type = true;
    message.note(parse_type(message.message(), reading, value));
  }
  if (message.finish().ok() && value.name.empty()) message.note(message.broken("A value has no name."));
  const Status& status = message.finish();
  return status.ok() ? status : status.with_context(fmt::format("value '{}' at byte {}", value.name, offset));
}

}  // namespace rheo::onnx

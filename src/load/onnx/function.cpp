// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "load/onnx/parts.h"

namespace rheo::onnx {
namespace {

constexpr std::uint32_t kInputField = 4;
constexpr std::uint32_t kOutputField = 5;
constexpr std::uint32_t kAttributeField = 6;
constexpr std::uint32_t kNodeField = 7;
constexpr std::uint32_t kOperatorSetField = 9;
constexpr std::uint32_t kDefaultField = 11;

Status make_room(const WireMessage& message, Reading& reading, Function& function) {
  RHEO_RETURN_IF_ERROR(reading.count_nodes(message.count_fields(kNodeField)));
  RHEO_RETURN_IF_ERROR(reading.reserve(message, kInputField, function.inputs));
  RHEO_RETURN_IF_ERROR(reading.reserve(message, kOutputField, function.outputs));
  RHEO_RETURN_IF_ERROR(reading.reserve(message, kAttributeField, function.attributes));
  RHEO_RETURN_IF_ERROR(reading.reserve(message, kNodeField, function.nodes));
  RHEO_RETURN_IF_ERROR(reading.reserve(message, kOperatorSetField, function.operator_sets));
  RHEO_RETURN_IF_ERROR(reading.reserve(message, kDefaultField, function.defaults));
  return reading.count_values(function.inputs.capacity());
}

Status read_field(WireMessage& message, Reading& reading, Function& function) {
  constexpr Place kInside{1, true};
  switch (message.number()) {
    case 1: return reading.required_name(message, "The name of a function", function.name);
    case kInputField: return reading.required_name(message, "The name of an input", function.inputs.emplace_back());
    case kOutputField: return reading.required_name(message, "The name of an output", function.outputs.emplace_back());
    case kAttributeField:
      return reading.required_name(message, "The name of a parameter", function.attributes.emplace_back());
    case kNodeField: return parse_node(message.message(), kInside, reading, function.nodes.emplace_back());
    case kOperatorSetField: return parse_operator_set(message.message(), reading, function.operator_sets);
    case kDefaultField: return parse_attribute(message.message(), Place(), reading, function.defaults.emplace_back());
    case 10: return parse_domain(message, reading, function.domain);
    case 13: return refuse_overload(message);
    default: return Status();
  }
}

}  // namespace

Status parse_function(WireMessage message, Reading& reading, Function& function) {
  const std::size_t offset = message.offset();
  RHEO_RETURN_IF_ERROR(make_room(message, reading, function));
  while (message.next()) message.note(read_field(message, reading, function));
  if (message.finish().ok() && function.name.empty()) message.note(message.broken("A function has no name."));
  const Status& status = message.finish();
  return status.ok() ? status : status.with_context(fmt::format("function '{}' at byte {}", function.name, offset));
}

}  // namespace rheo::onnx

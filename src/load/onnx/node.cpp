// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>

#include "load/onnx/parts.h"

namespace rheo::onnx {
namespace {

constexpr std::uint32_t kInputField = 1;
constexpr std::uint32_t kOutputField = 2;
constexpr std::uint32_t kAttributeField = 5;

Status read_attribute(WireMessage& message, const Place& place, Reading& reading, Node& node) {
  Attribute& attribute = node.attributes.emplace_back();
  const Status status = parse_attribute(message.message(), place, reading, attribute);
  return status.ok() || attribute.name.empty() ? status : status.with_context("attribute " + attribute.name);
}

Status read_field(WireMessage& message, const Place& place, Reading& reading, Node& node) {
  switch (message.number()) {
    case kInputField: return reading.name(message, "The name of an input", node.inputs.emplace_back());
    case kOutputField: return reading.name(message, "The name of an output", node.outputs.emplace_back());
    case 3: return reading.name(message, "The name of a node", node.name);
    case 4: return reading.required_name(message, "The operator of a node", node.op);
    case kAttributeField: return read_attribute(message, place, reading, node);
    case 7: return parse_domain(message, reading, node.domain);
    case 8: return refuse_overload(message);
    default: return Status();
  }
}

Status make_room(const WireMessage& message, Reading& reading, Node& node) {
  const std::size_t attributes = message.count_fields(kAttributeField);
  if (attributes > reading.limits().attributes_per_node) {
    return Status(StatusCode::limit_exceeded, fmt::format("A node has {} attributes, more than the limit of {}.",
                                                          attributes, reading.limits().attributes_per_node));
  }
  RHEO_RETURN_IF_ERROR(reading.reserve(message, kInputField, node.inputs));
  RHEO_RETURN_IF_ERROR(reading.reserve(message, kOutputField, node.outputs));
  RHEO_RETURN_IF_ERROR(reading.reserve(message, kAttributeField, node.attributes));
  return reading.count_values(node.outputs.capacity());
}

Status check(const WireMessage& message, const Node& node) {
  if (node.op.empty()) return message.broken("A node names no operator.");
  std::set<std::string_view> names;
  for (const Attribute& attribute : node.attributes) {
    if (names.insert(attribute.name).second) continue;
    return message.broken(fmt::format("The attribute '{}' is given twice.", attribute.name));
  }
  return Status();
}

}  // namespace

const Attribute* Node::find(std::string_view attribute) const {
  const auto found = std::ranges::find(attributes, attribute, &Attribute::name);
  return found == attributes.end() ? nullptr : &*found;
}

Status parse_node(WireMessage message, const Place& place, Reading& reading, Node& node) {
  const std::size_t offset = message.offset();
  RHEO_RETURN_IF_ERROR(make_room(message, reading, node));
  while (message.next()) message.note(read_field(message, place, reading, node));
  if (message.finish().ok()) message.note(check(message, node));
  if (message.finish().ok()) return Status();
  const std::string_view known_as = node.name.empty() ? std::string_view(node.op) : std::string_view(node.name);
  return message.finish().with_context(fmt::format("node '{}' at byte {}", known_as, offset));
}

}  // namespace rheo::onnx

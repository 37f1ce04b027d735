// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "load/onnx/parts.h"
#include "load/onnx/tensor_data.h"

namespace rheo::onnx {
namespace {

constexpr std::uint32_t kNodeField = 1;
constexpr std::uint32_t kInitializerField = 5;
constexpr std::uint32_t kInputField = 11;
constexpr std::uint32_t kOutputField = 12;

Status make_room(const WireMessage& message, Reading& reading, Graph& graph) {
  RHEO_RETURN_IF_ERROR(reading.count_nodes(message.count_fields(kNodeField)));
  RHEO_RETURN_IF_ERROR(reading.reserve(message, kNodeField, graph.nodes));
  RHEO_RETURN_IF_ERROR(reading.reserve(message, kInitializerField, graph.initializers));
  RHEO_RETURN_IF_ERROR(reading.reserve(message, kInputField, graph.inputs));
  RHEO_RETURN_IF_ERROR(reading.reserve(message, kOutputField, graph.outputs));
  RHEO_RETURN_IF_ERROR(reading.count_values(graph.initializers.capacity()));
  return reading.count_values(graph.inputs.capacity());
}

Status read_initializer(WireMessage& message, Reading& reading, TensorData& initializer) {
  RHEO_RETURN_IF_ERROR(parse_initializer(message.message(), reading, initializer));
  return initializer.name.empty() ? message.broken("An initializer has no name.") : Status();
}

Status read_field(WireMessage& message, const Place& place, Reading& reading, Graph& graph) {
  switch (message.number()) {
    case kNodeField: return parse_node(message.message(), place, reading, graph.nodes.emplace_back());
    case 2: return reading.name(message, "The name of a graph", graph.name);
    case kInitializerField: return read_initializer(message, reading, graph.initializers.emplace_back());
    case kInputField: return parse_value_info(message.message(), reading, graph.inputs.emplace_back());
    case kOutputField: return parse_value_info(message.message(), reading, graph.outputs.emplace_back());
    case 15:
      return Status(StatusCode::unsupported, "Sparse initializers are not read; export the weights as dense tensors.");
    default: return Status();
  }
}

}  // namespace

Status parse_graph(WireMessage message, const Place& place, Reading& reading, Graph& graph) {
  if (place.depth > reading.limits().graph_depth) {
    return Status(StatusCode::limit_exceeded,
                  fmt::format("More than {} graphs lie in each other.", reading.limits().graph_depth));
  }
  RHEO_RETURN_IF_ERROR(make_room(message, reading, graph));
  while (message.next()) message.note(read_field(message, place, reading, graph));
  return message.finish();
}

}  // namespace rheo::onnx

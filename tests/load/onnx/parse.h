// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "load/onnx/external_data.h"
#include "load/onnx/parts.h"
#include "load/onnx/tensor_data.h"
#include "support/onnx_writer.h"

namespace rheo::onnx {

// What `parse(WireMessage, Reading&, Part&)` makes of one message that stands alone.
template <typename Part, typename Parse>
Result<Part> parse_alone(const testing::WireWriter& message, const LoadLimits& limits, Parse&& parse) {
  Reading reading(message.bytes().size(), nullptr, limits, nullptr);
  Part part;
  const Status status = parse(WireMessage(testing::as_file(message.bytes())), reading, part);
  if (!status.ok()) return status;
  return part;
}

inline Result<TensorData> tensor_from(const testing::WireWriter& message, const LoadLimits& limits = {}) {
  return parse_alone<TensorData>(message, limits, parse_tensor);
}

inline Result<Attribute> attribute_from(const testing::WireWriter& message, const Place& place = {},
                                        const LoadLimits& limits = {}) {
  return parse_alone<Attribute>(message, limits, [&](WireMessage start, Reading& reading, Attribute& attribute) {
    return parse_attribute(std::move(start), place, reading, attribute);
  });
}

inline Result<Node> node_from(const testing::WireWriter& message, const LoadLimits& limits = {}) {
  return parse_alone<Node>(message, limits, [](WireMessage start, Reading& reading, Node& node) {
    return parse_node(std::move(start), Place(), reading, node);
  });
}

inline Result<Graph> graph_from(const testing::WireWriter& message, const LoadLimits& limits = {}) {
  return parse_alone<Graph>(message, limits, [](WireMessage start, Reading& reading, Graph& graph) {
    return parse_graph(std::move(start), Place(), reading, graph);
  });
}

}  // namespace rheo::onnx

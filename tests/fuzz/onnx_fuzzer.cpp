// SPDX-License-Identifier: Apache-2.0
// Any bytes: an ONNX model or an error with a reason. What was read holds what its structs promise, and becomes a graph
// that verifies, or an error with a reason.
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "graph/graph.h"
#include "load/onnx/element_type.h"
#include "load/onnx/import.h"
#include "load/onnx/model.h"
#include "load/onnx/value_names.h"

namespace {

using rheo::onnx::Attribute;
using rheo::onnx::Graph;
using rheo::onnx::Node;
using rheo::onnx::TensorData;

void require(bool holds) {
  if (!holds) __builtin_trap();
}

// Every byte of a weight is looked at, so that a sanitizer sees those that are not there.
void look_at(const TensorData& tensor) {
  const auto elements = tensor.shape.checked_elements();
  require(elements.ok());
  const std::size_t each_bytes = rheo::onnx::element_bytes(tensor.type);
  require(tensor.bytes.size() == static_cast<std::size_t>(*elements) * each_bytes);
  unsigned sum = 0;
  for (const std::byte byte : tensor.bytes) sum += std::to_integer<unsigned>(byte);
  volatile unsigned seen = sum;
  (void)seen;
  const auto made = rheo::onnx::to_tensor(tensor);
  require(made.ok() ? made->shape() == tensor.shape : !made.status().message().empty());
}

void look_at(const Graph& graph);

void look_at(const std::vector<Node>& nodes) {
  for (const Node& node : nodes) {
    require(!node.op.empty());
    for (const Attribute& attribute : node.attributes) {
      require(node.find(attribute.name) == &attribute);
      require(attribute.graph != nullptr || attribute.kind != Attribute::Kind::graph || !attribute.parameter.empty());
      if (attribute.graph != nullptr) look_at(*attribute.graph);
      if (attribute.kind == Attribute::Kind::tensor && attribute.parameter.empty()) look_at(attribute.tensor);
    }
  }
}

void look_at(const Graph& graph) {
  look_at(graph.nodes);
  for (const TensorData& initializer : graph.initializers) look_at(initializer);
}

void translate(const rheo::onnx::Model& model) {
  rheo::LoadLimits limits;
  limits.computed_bytes = std::size_t{4} << 20;
  limits.computed_steps = std::size_t{1} << 20;
  limits.nodes = 10'000;  // when functions are inlined
  const auto graph = rheo::onnx::import_graph(model, {}, {}, limits);
  require(graph.ok() ? rheo::verify(**graph).ok() : !graph.status().message().empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size_bytes) {
  const auto bytes = std::as_bytes(std::span(data, size_bytes));
  const auto model = rheo::onnx::read_model(bytes, nullptr);
  if (model.ok()) {
    look_at(model->graph);
    for (const auto& function : model->functions) look_at(function.nodes);
    require(rheo::onnx::check_value_names(model->graph).ok());
    translate(*model);
  } else {
    require(!model.status().message().empty());
  }
  if (const auto tensor = rheo::onnx::read_tensor(bytes, nullptr); tensor.ok()) look_at(*tensor);
  return 0;
}

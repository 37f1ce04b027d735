// SPDX-License-Identifier: Apache-2.0
// Any bytes: an ONNX model or an error with a reason. What was read holds what its structs promise, and becomes a graph
// that verifies and can be planned and run, or an error with a reason. Weights beside the model are looked for among
// the seeds, and nowhere else.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "graph/graph.h"
#include "load/onnx/element_type.h"
#include "load/onnx/external_data.h"
#include "load/onnx/import.h"
#include "load/onnx/model.h"
#include "load/onnx/parts.h"
#include "load/onnx/reading.h"
#include "load/onnx/value_names.h"
#include "support/fuzz_run.h"

namespace {

using rheo::onnx::Attribute;
using rheo::onnx::Graph;
using rheo::onnx::Node;
using rheo::onnx::TensorData;
using rheo::testing::require;
using rheo::testing::require_reason;

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
  made.ok() ? require(made->shape() == tensor.shape) : require_reason(made.status());
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
  if (!graph.ok()) return require_reason(graph.status());
  require(rheo::verify(**graph).ok());
  rheo::testing::optimize_and_run(*graph);
}

// As a file in the folder of the seeds, of whose contents alone weights may be made.
void read_beside_seeds(std::span<const std::byte> bytes) {
  constexpr std::string_view kFolder = RHEO_SOURCE_DIR "/tests/fuzz/onnx/";
  const rheo::LoadLimits limits;
  rheo::onnx::ExternalData external(std::string(kFolder), limits);
  rheo::onnx::Reading reading(bytes.size(), nullptr, limits, &external);
  rheo::onnx::Model model;
  if (rheo::onnx::parse_model(rheo::onnx::WireMessage(bytes), reading, model).ok()) look_at(model.graph);
  for (const std::string& file : external.files()) {
    require(std::filesystem::canonical(file).native().starts_with(std::filesystem::canonical(kFolder).native()));
  }
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
    require_reason(model.status());
  }
  constexpr std::string_view kKey = "location";
  if (std::string_view(reinterpret_cast<const char*>(data), size_bytes).find(kKey) != std::string_view::npos) {
    read_beside_seeds(bytes);
  }
  if (const auto tensor = rheo::onnx::read_tensor(bytes, nullptr); tensor.ok()) look_at(*tensor);
  return 0;
}

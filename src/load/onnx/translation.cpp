// SPDX-License-Identifier: Apache-2.0
#include "load/onnx/translation.h"

#include <fmt/format.h>

#include "base/try.h"
#include "load/onnx/call.h"
#include "load/onnx/lowerings.h"
#include "load/widened.h"

namespace rheo::onnx {
ImportPlace place_of(const Node& node) {
  const std::string& name = node.name.empty() && !node.outputs.empty() ? node.outputs.front() : node.name;
  return {name, node.op};
}

Result<std::shared_ptr<const rheo::Graph>> Translation::run() {
  RHEO_RETURN_IF_ERROR(read_card());
  Scope scope;
  RHEO_RETURN_IF_ERROR(add_initializers(model_.graph, scope));
  RHEO_RETURN_IF_ERROR(add_model_inputs(scope));
  RHEO_RETURN_IF_ERROR(translate_nodes(model_.graph, scope));
  RHEO_RETURN_IF_ERROR(missing_.status());
  RHEO_RETURN_IF_ERROR(add_outputs(scope));
  auto graph = emitter_.builder().build();
  if (graph.ok() && emitter_.widened() && log_) {
    log_(Severity::info,
         "The model holds 16-bit or 64-bit floats; Rheo computes it in f32, and in bf16 where a path says so.");
  }
  return graph;
}

Result<Tensor> Translation::constant(const void* part, const std::function<Result<Tensor>()>& make) {
  const auto known = constants_.find(part);
  if (known != constants_.end()) return known->second;
  RHEO_ASSIGN_OR_RETURN(Tensor elements, make());
  bool is_widened = false;
  RHEO_ASSIGN_OR_RETURN(elements, in_f32(std::move(elements), is_widened));
  constants_.emplace(part, elements);
  return elements;
}

Result<Tensor> Translation::constant(const TensorData& data) {
  return constant(&data, [&] { return to_tensor(data); });
}

Status Translation::add_initializers(const Graph& graph, Scope& scope) {
  for (const TensorData& data : graph.initializers) {
    RHEO_ASSIGN_OR_RETURN(Tensor elements, constant(data));
    emitter_.widened() |=
        data.type == ElementType::f64 || data.type == ElementType::f16 || data.type == ElementType::bf16;
    scope.set(data.name, ImportValue::known(std::move(elements)));
  }
  return {};
}

Status Translation::translate_nodes(const Graph& graph, Scope& scope) {
  for (const Node& node : graph.nodes) RHEO_RETURN_IF_ERROR(translate_node(node, scope));
  return {};
}

Status Translation::translate_node(const Node& node, Scope& scope) {
  if (frame_ != nullptr) RHEO_RETURN_IF_ERROR(count_inlined(1, node.inputs.size() + node.outputs.size()));
  Call call(*this, node, scope);
  const Function* function = find_function(node);
  const Lowering* lowering = find_lowering(node.op, node.domain);
  const bool is_missing = function == nullptr && lowering == nullptr;
  if (is_missing) missing_.add(node.domain.empty() ? node.op : node.domain + "." + node.op, place_of(node));
  if (is_missing || call.has_missing()) {
    for (std::size_t output = 0; output < node.outputs.size(); ++output) call.answer(ImportValue(), output);
    return {};
  }
  if (function != nullptr) return inline_function(*function, call);
  return blame_model(lower(*lowering, call), place_of(node));
}

Status Translation::lower(const Lowering& lowering, Call& call) const {
  const Node& node = call.node();
  if (node.domain.empty() && opset() < kOldestOperatorSet && !means_the_same_since_set_1(node.op)) {
    return call.refuse(
        fmt::format("is of operator set {} of ONNX, when it meant something else; convert the model to "
                    "operator set 7 or newer, for instance with onnx.version_converter",
                    opset()));
  }
  RHEO_RETURN_IF_ERROR(lowering.lower(call));
  return call.check_attributes();
}

Result<std::vector<ImportValue>> Translation::translate_branch(const Graph& graph, Scope& scope) {
  Scope inner(&scope);
  RHEO_RETURN_IF_ERROR(add_initializers(graph, inner));
  RHEO_RETURN_IF_ERROR(translate_nodes(graph, inner));
  std::vector<ImportValue> outputs;
  for (const ValueInfo& output : graph.outputs) {
    const ImportValue* value = inner.find(output.name);
    if (value == nullptr) {
      return Status(StatusCode::bad_format, fmt::format("The branch '{}' makes no '{}'.", graph.name, output.name));
    }
    outputs.push_back(*value);
  }
  return outputs;
}

}  // namespace rheo::onnx

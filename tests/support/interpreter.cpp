// SPDX-License-Identifier: Apache-2.0
#include "support/interpreter.h"

#include "base/try.h"
#include "kernels/evaluate.h"

namespace rheo::testing {

Result<std::vector<Tensor>> interpret(const Graph& graph, std::span<const Tensor> inputs) {
  std::vector<Shape> shapes;
  for (const Tensor& input : inputs) shapes.push_back(input.shape());
  RHEO_ASSIGN_OR_RETURN(const std::vector<TensorType> types, concrete_types(graph, shapes));

  std::vector<Tensor> values(graph.values().size());
  for (std::size_t id = 0; id < values.size(); ++id) values[id] = graph.values()[id].constant;
  for (std::size_t index = 0; index < inputs.size(); ++index) values[graph.inputs()[index].value] = inputs[index];
  for (const Node& node : graph.nodes()) {
    std::vector<Argument> arguments;
    for (const ValueId input : node.inputs) {
      arguments.push_back(
          input == kNoValue ? Argument{} : Argument{&values[input], &types[input], graph.value(input).is_constant()});
    }
    std::vector<TensorType> output_types;
    for (const ValueId output : node.outputs) output_types.push_back(types[output]);
    Result<std::vector<Tensor>> outputs = evaluate(node.kind, node.attributes, arguments, output_types);
    if (!outputs.ok()) return outputs.status().with_context(node.name);
    for (std::size_t output = 0; output < node.outputs.size(); ++output) {
      values[node.outputs[output]] = std::move((*outputs)[output]);
    }
  }
  return values;
}

Result<std::vector<Tensor>> interpret_exits(const Graph& graph, std::span<const Tensor> inputs) {
  RHEO_ASSIGN_OR_RETURN(const std::vector<Tensor> values, interpret(graph, inputs));
  std::vector<Tensor> exits;
  for (const Exit& exit : graph.exits()) exits.push_back(values[exit.value]);
  return exits;
}

Result<std::vector<Tensor>> interpret_given_out(const Graph& graph, std::span<const Tensor> inputs) {
  RHEO_ASSIGN_OR_RETURN(const std::vector<Tensor> values, interpret(graph, inputs));
  std::vector<Tensor> all;
  for (const GivenOut& out : given_out(graph)) all.push_back(values[out.value]);
  return all;
}

}  // namespace rheo::testing

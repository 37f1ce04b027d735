// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "base/checked.h"
#include "base/try.h"
#include "graph/checks.h"
#include "graph/graph.h"

namespace rheo {
namespace {

Status check_input_shape(const GraphInput& input, const Shape& declared, const Shape& given) {
  bool fits = given.rank() == declared.rank() && given.is_static();
  for (std::size_t axis = 0; fits && axis < given.rank(); ++axis) {
    fits = given[axis] > 0 && (declared[axis] == kDynamic || declared[axis] == given[axis]);
  }
  if (fits) return {};
  return {StatusCode::invalid_argument,
          fmt::format("Input '{}' has shape {}, but the model takes {} ('?' is any batch of at least 1).", input.name,
                      given.to_string(), declared.to_string())};
}

// True when every input, exit and output has a dimension 0 of which `test` holds.
template <typename Test>
bool holds_for_all_ends(const Graph& graph, Test&& test) {
  std::vector<ValueId> ends;
  for (const GraphInput& input : graph.inputs()) ends.push_back(input.value);
  for (const GivenOut& out : given_out(graph)) ends.push_back(out.value);
  return std::ranges::all_of(ends, [&](ValueId end) {
    const Shape& shape = graph.value(end).type.shape;
    return shape.rank() > 0 && test(shape[0]);
  });
}

}  // namespace

Result<std::vector<TensorType>> concrete_types(const Graph& graph, std::span<const Shape> input_shapes) {
  if (input_shapes.size() != graph.inputs().size()) {
    return Status(StatusCode::invalid_argument, fmt::format("The model takes {} inputs, but {} shapes were given.",
                                                            graph.inputs().size(), input_shapes.size()));
  }
  std::vector<TensorType> types;
  types.reserve(graph.values().size());
  for (const Value& value : graph.values()) types.push_back(value.type);
  for (std::size_t index = 0; index < input_shapes.size(); ++index) {
    const GraphInput& input = graph.inputs()[index];
    RHEO_RETURN_IF_ERROR(check_input_shape(input, graph.value(input.value).type.shape, input_shapes[index]));
    types[input.value].shape = input_shapes[index];
  }
  std::vector<const TensorType*> inputs;
  for (const Node& node : graph.nodes()) {
    inputs.clear();
    for (const ValueId input : node.inputs) inputs.push_back(input == kNoValue ? nullptr : &types[input]);
    RHEO_ASSIGN_OR_RETURN(std::vector<TensorType> outputs,
                          infer_node(node.kind, node.attributes, inputs, node.name, node.source));
    for (std::size_t output = 0; output < outputs.size(); ++output) {
      types[node.outputs[output]] = std::move(outputs[output]);
    }
  }
  return types;
}

Result<std::vector<TensorType>> concrete_types(const Graph& graph, std::int64_t batch) {
  std::vector<Shape> shapes;
  for (const GraphInput& input : graph.inputs()) {
    Shape shape = graph.value(input.value).type.shape;
    if (shape.rank() > 0 && shape[0] == kDynamic) shape[0] = batch;
    shapes.push_back(shape);
  }
  RHEO_ASSIGN_OR_RETURN(std::vector<TensorType> types, concrete_types(graph, shapes));
  // Inference with a known batch must agree with inference with an open one, or rows would not be where they are
  // sought.
  for (std::size_t value = 0; value < types.size(); ++value) {
    Shape wanted = graph.values()[value].type.shape;
    if (wanted.rank() > 0 && wanted[0] == kDynamic) wanted[0] = batch;
    if (types[value].shape == wanted) continue;
    return Status(StatusCode::unsupported,
                  fmt::format("With a batch of {}, '{}' becomes {} instead of {}; run this model with another batch.",
                              batch, graph.values()[value].name, types[value].shape.to_string(), wanted.to_string()));
  }
  return types;
}

std::vector<GivenOut> given_out(const Graph& graph) {
  std::vector<GivenOut> all;
  for (const Exit& exit : graph.exits()) all.push_back({exit.value, static_cast<int>(all.size())});
  for (const GraphOutput& output : graph.outputs()) {
    const NodeId producer = graph.value(output.value).producer;
    all.push_back({output.value, producer == kNoNode ? 0 : graph.node(producer).stage});  // an input is there at once
  }
  return all;
}

bool has_open_batch(const Graph& graph) {
  return holds_for_all_ends(graph, [](std::int64_t first) { return first == kDynamic; });
}

bool counts_items(const Graph& graph) {
  return holds_for_all_ends(graph, [](std::int64_t first) { return first == kDynamic || first == 1; });
}

bool is_classifier(const Graph& graph) {
  const TensorType& answer = graph.value(graph.exits().back().value).type;
  return counts_items(graph) && answer.dtype == DType::f32 && answer.shape.rank() == 2 && answer.shape[1] >= 2;
}

Result<std::int64_t> multiply_adds(const Graph& graph, int stage) {
  if (stage < 0 || stage >= graph.stage_count()) {
    return Status(StatusCode::invalid_argument, fmt::format("Stage {} was asked for, but the graph has stages 0 to {}.",
                                                            stage, graph.stage_count() - 1));
  }
  RHEO_ASSIGN_OR_RETURN(const std::vector<TensorType> types, concrete_types(graph, 1));
  std::int64_t total = 0;
  std::vector<const TensorType*> inputs;
  for (const Node& node : graph.nodes()) {
    if (node.stage > stage) break;  // nodes are sorted by stage
    inputs.clear();
    for (const ValueId input : node.inputs) inputs.push_back(input == kNoValue ? nullptr : &types[input]);
    const std::int64_t work =
        schema_of(node.kind).multiply_adds({node.attributes, inputs}, types[node.outputs.front()]);
    const std::optional<std::int64_t> sum = checked_add(total, work);
    if (!sum) {
      return Status(StatusCode::limit_exceeded,
                    fmt::format("The multiply-adds up to node {} exceed 64 bits.", describe(node.name, node.source)));
    }
    total = *sum;
  }
  return total;
}

}  // namespace rheo

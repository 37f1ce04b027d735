// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/try.h"
#include "graph/checks.h"
#include "graph/graph.h"
#include "graph/limits.h"
#include "graph/stages.h"

namespace rheo {
namespace {

// Keeps nodes in stage order, the unneeded ones last or not at all, and the values that these and the interface of the
// graph still mention. Values keep their relative order.
void compact(std::vector<Node>& nodes, std::vector<Value>& values, std::vector<GraphInput>& inputs,
             std::vector<Exit>& exits, std::vector<GraphOutput>& outputs, Unneeded unneeded) {
  std::vector<int> stages = stages_of(nodes, values, exits, outputs);
  const auto behind_all = static_cast<int>(exits.size());
  if (unneeded == Unneeded::keep) std::replace(stages.begin(), stages.end(), kNoStage, behind_all);
  const std::vector<NodeId> order = order_by_stage(stages, behind_all + 1);

  std::vector<Node> kept_nodes;
  kept_nodes.reserve(order.size());
  std::vector<bool> used(values.size(), false);
  for (const NodeId id : order) {
    Node& node = kept_nodes.emplace_back(std::move(nodes[id]));
    node.stage = stages[id];
    for (const ValueId value : node.inputs) {
      if (value != kNoValue) used[value] = true;
    }
    for (const ValueId value : node.outputs) used[value] = true;
  }
  for (const GraphInput& input : inputs) used[input.value] = true;

  std::vector<ValueId> renamed(values.size(), kNoValue);
  std::vector<Value> kept_values;
  for (std::size_t value = 0; value < values.size(); ++value) {
    if (!used[value]) continue;
    renamed[value] = static_cast<ValueId>(kept_values.size());
    kept_values.push_back(std::move(values[value]));
  }
  for (std::size_t id = 0; id < kept_nodes.size(); ++id) {
    for (ValueId& value : kept_nodes[id].inputs) value = value == kNoValue ? kNoValue : renamed[value];
    for (ValueId& value : kept_nodes[id].outputs) {
      value = renamed[value];
      kept_values[value].producer = static_cast<NodeId>(id);
    }
  }
  for (GraphInput& input : inputs) input.value = renamed[input.value];
  for (Exit& exit : exits) exit.value = renamed[exit.value];
  for (GraphOutput& output : outputs) output.value = renamed[output.value];
  nodes = std::move(kept_nodes);
  values = std::move(kept_values);
}

}  // namespace

struct GraphBuilder::Parts {
  std::vector<Node> nodes;
  std::vector<Value> values;
  std::vector<GraphInput> inputs;
  std::vector<Exit> exits;
  std::vector<GraphOutput> outputs;
  std::vector<std::string> labels;
  std::set<std::string, std::less<>> names;  // a tree: names chosen to collide must not make it slow
  std::size_t made_up = 0;                   // counts the names that the caller left empty

  // Reserves `name`. An empty one becomes "conv2d#12": no importer makes a name with '#', so it cannot collide later.
  Result<std::string> reserve(std::string_view what, std::string name);
  Result<ValueId> add_value(std::string name, TensorType type, NodeId producer, Tensor constant = {});
};

Result<std::string> GraphBuilder::Parts::reserve(std::string_view what, std::string name) {
  if (name.empty()) {
    do {
      name = fmt::format("{}#{}", what, made_up++);
    } while (names.contains(name));
  }
  RHEO_RETURN_IF_ERROR(check_name(what, name));
  if (!names.insert(name).second) {
    return Status(
        StatusCode::invalid_argument,
        fmt::format("The {} name '{}' is taken; names of inputs, constants and nodes must differ.", what, name));
  }
  return name;
}

Result<ValueId> GraphBuilder::Parts::add_value(std::string name, TensorType type, NodeId producer, Tensor constant) {
  if (values.size() >= kMaxValues) {
    return Status(StatusCode::limit_exceeded, fmt::format("The graph has more than {} values.", kMaxValues));
  }
  values.push_back({std::move(name), std::move(type), producer, std::move(constant)});
  return static_cast<ValueId>(values.size() - 1);
}

GraphBuilder::GraphBuilder() : parts_(std::make_unique<Parts>()) {}
GraphBuilder::~GraphBuilder() = default;
GraphBuilder::GraphBuilder(GraphBuilder&&) noexcept = default;
GraphBuilder& GraphBuilder::operator=(GraphBuilder&&) noexcept = default;

Result<ValueId> GraphBuilder::add_input(std::string name, TensorType type, Preprocessing preprocessing) {
  RHEO_RETURN_IF_ERROR(check_shape("input", name, type.shape));
  RHEO_RETURN_IF_ERROR(check_quantization(name, type));
  RHEO_RETURN_IF_ERROR(check_preprocessing(name, type.shape, preprocessing));
  RHEO_ASSIGN_OR_RETURN(std::string unique, parts_->reserve("input", std::move(name)));
  RHEO_ASSIGN_OR_RETURN(const ValueId value, parts_->add_value(unique, std::move(type), kNoNode));
  parts_->inputs.push_back({std::move(unique), value, std::move(preprocessing)});
  return value;
}

Result<std::shared_ptr<const Graph>> GraphBuilder::with_preprocessing(const Graph& graph, Preprocessing preprocessing) {
  if (graph.inputs().size() != 1) {
    return Status(StatusCode::invalid_argument,
                  fmt::format("The model has {} inputs; how stored pictures become the input can be said of one alone.",
                              graph.inputs().size()));
  }
  const GraphInput& input = graph.inputs().front();
  RHEO_RETURN_IF_ERROR(check_preprocessing(input.name, graph.value(input.value).type.shape, preprocessing));
  auto copy = std::make_shared<Graph>(graph);
  copy->inputs_.front().preprocessing = std::move(preprocessing);
  return std::shared_ptr<const Graph>(std::move(copy));
}

Result<ValueId> GraphBuilder::add_constant(std::string name, Tensor tensor, Quantization quantization) {
  if (tensor.empty()) {
    return Status(StatusCode::invalid_argument, fmt::format("Constant '{}' has no elements.", name));
  }
  TensorType type{tensor.dtype(), tensor.shape(), std::move(quantization)};
  RHEO_RETURN_IF_ERROR(check_shape("constant", name, type.shape));
  if (!type.shape.is_static()) {
    return Status(StatusCode::invalid_argument,
                  fmt::format("Constant '{}' {} has an open dimension.", name, type.shape.to_string()));
  }
  RHEO_RETURN_IF_ERROR(check_quantization(name, type));
  RHEO_ASSIGN_OR_RETURN(std::string unique, parts_->reserve("constant", std::move(name)));
  return parts_->add_value(std::move(unique), std::move(type), kNoNode, std::move(tensor));
}

Result<ValueId> GraphBuilder::add_node(OpKind kind, std::span<const ValueId> inputs, Attributes attributes,
                                       std::string name, std::string source) {
  const std::string shown = name.empty() ? std::string(name_of(kind)) : name;
  if (parts_->nodes.size() >= kMaxNodes) {
    return Status(StatusCode::limit_exceeded, fmt::format("The graph has more than {} nodes; {} was one too many.",
                                                          kMaxNodes, describe(shown, source)));
  }
  // One spelling for "absent", so that equal graphs hash alike.
  while (!inputs.empty() && inputs.back() == kNoValue) inputs = inputs.first(inputs.size() - 1);
  std::vector<const TensorType*> types;
  for (const ValueId input : inputs) {
    if (input != kNoValue && input >= parts_->values.size()) {
      return Status(StatusCode::invalid_argument, fmt::format("Node {} reads value {}, but there are only {}.",
                                                              describe(shown, source), input, parts_->values.size()));
    }
    types.push_back(input == kNoValue ? nullptr : &parts_->values[input].type);
  }
  RHEO_ASSIGN_OR_RETURN(std::vector<TensorType> outputs, infer_node(kind, attributes, types, shown, source));
  RHEO_ASSIGN_OR_RETURN(std::string unique, parts_->reserve(name_of(kind), std::move(name)));

  Node node{kind, std::move(attributes), {inputs.begin(), inputs.end()}, {}, unique, std::move(source), 0};
  for (std::size_t output = 0; output < outputs.size(); ++output) {
    std::string value_name = unique;
    if (output > 0) {
      RHEO_ASSIGN_OR_RETURN(value_name, parts_->reserve("output", fmt::format("{}#{}", unique, output)));
    }
    RHEO_ASSIGN_OR_RETURN(const ValueId value, parts_->add_value(std::move(value_name), std::move(outputs[output]),
                                                                 static_cast<NodeId>(parts_->nodes.size())));
    node.outputs.push_back(value);
  }
  parts_->nodes.push_back(std::move(node));
  return parts_->nodes.back().outputs.front();
}

Status GraphBuilder::add_exit(std::string name, ValueId value) {
  if (value >= parts_->values.size()) {
    return {StatusCode::invalid_argument,
            fmt::format("Exit '{}' names value {}, but there are only {}.", name, value, parts_->values.size())};
  }
  parts_->exits.push_back({std::move(name), value});
  if (Status fits = check_exits(parts_->exits, parts_->values); !fits.ok()) {
    parts_->exits.pop_back();
    return fits;
  }
  return {};
}

Status GraphBuilder::add_output(std::string name, ValueId value) {
  if (value >= parts_->values.size()) {
    return {StatusCode::invalid_argument,
            fmt::format("Output '{}' names value {}, but there are only {}.", name, value, parts_->values.size())};
  }
  parts_->outputs.push_back({std::move(name), value});
  if (Status fits = check_outputs(parts_->outputs, parts_->exits, parts_->values); !fits.ok()) {
    parts_->outputs.pop_back();
    return fits;
  }
  return {};
}

void GraphBuilder::set_labels(std::vector<std::string> labels) { parts_->labels = std::move(labels); }

const TensorType& GraphBuilder::type_of(ValueId value) const { return parts_->values[value].type; }

const std::string& GraphBuilder::value_name(ValueId value) const { return parts_->values[value].name; }

std::span<const ValueId> GraphBuilder::outputs_of(ValueId value) const {
  const NodeId producer = parts_->values[value].producer;
  if (producer == kNoNode) return {};
  return parts_->nodes[producer].outputs;
}

Result<std::shared_ptr<const Graph>> GraphBuilder::build(Unneeded unneeded) {
  Parts parts = std::move(*std::exchange(parts_, std::make_unique<Parts>()));
  if (parts.inputs.empty()) return Status(StatusCode::invalid_argument, "A graph has no input; add at least one.");
  RHEO_RETURN_IF_ERROR(check_exits(parts.exits, parts.values));
  RHEO_RETURN_IF_ERROR(check_outputs(parts.outputs, parts.exits, parts.values));
  compact(parts.nodes, parts.values, parts.inputs, parts.exits, parts.outputs, unneeded);

  Graph graph;
  graph.nodes_ = std::move(parts.nodes);
  graph.values_ = std::move(parts.values);
  graph.inputs_ = std::move(parts.inputs);
  graph.exits_ = std::move(parts.exits);
  graph.outputs_ = std::move(parts.outputs);
  graph.labels_ = std::move(parts.labels);
  RHEO_RETURN_IF_ERROR(verify(graph));
  return std::make_shared<const Graph>(std::move(graph));
}

}  // namespace rheo

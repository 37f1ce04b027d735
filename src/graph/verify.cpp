// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <set>

#include "base/try.h"
#include "graph/checks.h"
#include "graph/graph.h"
#include "graph/limits.h"
#include "graph/stages.h"

namespace rheo {
namespace {

Status broken(std::string message) { return {StatusCode::internal, std::move(message)}; }

Status verify_counts(const Graph& graph) {
  if (graph.nodes().size() > kMaxNodes || graph.values().size() > kMaxValues) {
    return {StatusCode::limit_exceeded,
            fmt::format("The graph has {} nodes and {} values; the limits are {} and {}.", graph.nodes().size(),
                        graph.values().size(), kMaxNodes, kMaxValues)};
  }
  if (graph.inputs().empty()) return broken("The graph has no input.");
  return {};
}

// Every id in range, so that the later checks may follow them.
Status verify_ids(const Graph& graph) {
  const std::size_t values = graph.values().size();
  for (const Node& node : graph.nodes()) {
    for (const ValueId input : node.inputs) {
      if (input != kNoValue && input >= values) {
        return broken(fmt::format("Node {} reads value {} of {}.", describe(node.name, node.source), input, values));
      }
    }
    for (const ValueId output : node.outputs) {
      if (output >= values) {
        return broken(fmt::format("Node {} makes value {} of {}.", describe(node.name, node.source), output, values));
      }
    }
  }
  for (const GraphInput& input : graph.inputs()) {
    if (input.value >= values)
      return broken(fmt::format("Input '{}' is value {} of {}.", input.name, input.value, values));
  }
  for (const Exit& exit : graph.exits()) {
    if (exit.value >= values) return broken(fmt::format("Exit '{}' is value {} of {}.", exit.name, exit.value, values));
  }
  for (const GraphOutput& output : graph.outputs()) {
    if (output.value >= values) {
      return broken(fmt::format("Output '{}' is value {} of {}.", output.name, output.value, values));
    }
  }
  for (const Value& value : graph.values()) {
    if (value.producer != kNoNode && value.producer >= graph.nodes().size()) {
      return broken(
          fmt::format("Value '{}' is made by node {} of {}.", value.name, value.producer, graph.nodes().size()));
    }
  }
  return {};
}

Status verify_names(const Graph& graph) {
  std::set<std::string_view> value_names;
  for (const Value& value : graph.values()) {
    RHEO_RETURN_IF_ERROR(check_name("value", value.name));
    if (!value_names.insert(value.name).second) {
      return broken(fmt::format("Two values are called '{}'.", value.name));
    }
  }
  for (const Node& node : graph.nodes()) {
    // Ranges and kernel choices are kept by name, so node and first output must go by the same one.
    if (node.outputs.empty() || graph.value(node.outputs[0]).name != node.name) {
      return broken(
          fmt::format("The first output of node {} does not carry its name.", describe(node.name, node.source)));
    }
  }
  return {};
}

// One producer per value: a node, an input or a constant; and inputs before their users.
Status verify_producers(const Graph& graph) {
  std::vector<bool> made(graph.values().size(), false);
  for (const GraphInput& input : graph.inputs()) {
    if (made[input.value] || graph.value(input.value).producer != kNoNode || graph.value(input.value).is_constant() ||
        graph.value(input.value).name != input.name) {
      return broken(fmt::format("Input '{}' is not the only source of its value.", input.name));
    }
    RHEO_RETURN_IF_ERROR(check_preprocessing(input.name, graph.value(input.value).type.shape, input.preprocessing));
    made[input.value] = true;
  }
  for (std::size_t value = 0; value < graph.values().size(); ++value) {
    if (graph.values()[value].is_constant()) made[value] = true;
  }
  for (std::size_t id = 0; id < graph.nodes().size(); ++id) {
    const Node& node = graph.nodes()[id];
    for (const ValueId input : node.inputs) {
      if (input != kNoValue && !made[input]) {
        return broken(fmt::format("Node {} reads '{}' before it is made.", describe(node.name, node.source),
                                  graph.value(input).name));
      }
    }
    for (const ValueId output : node.outputs) {
      if (made[output] || graph.value(output).producer != id) {
        return broken(fmt::format("Value '{}' has two producers, one of them node {}.", graph.value(output).name,
                                  describe(node.name, node.source)));
      }
      made[output] = true;
    }
  }
  for (std::size_t value = 0; value < made.size(); ++value) {
    if (!made[value]) return broken(fmt::format("Nothing makes value '{}'.", graph.values()[value].name));
  }
  return {};
}

Status verify_stages(const Graph& graph) {
  const std::vector<int> stages = stages_of(graph.nodes(), graph.values(), graph.exits(), graph.outputs());
  int last = 0;
  for (std::size_t id = 0; id < graph.nodes().size(); ++id) {
    const Node& node = graph.nodes()[id];
    const int stage = stages[id] == kNoStage ? graph.stage_count() : stages[id];
    if (node.stage != stage) {
      return broken(fmt::format("Node {} is in stage {} and belongs to stage {}{}.", describe(node.name, node.source),
                                node.stage, stage,
                                stages[id] == kNoStage ? ", because nothing that is given out needs it" : ""));
    }
    if (node.stage < last) {
      return broken(fmt::format("Node {} of stage {} stands after stage {}.", describe(node.name, node.source),
                                node.stage, last));
    }
    last = node.stage;
  }
  return {};
}

Status verify_types(const Graph& graph) {
  for (const Value& value : graph.values()) {
    RHEO_RETURN_IF_ERROR(check_shape("value", value.name, value.type.shape));
    RHEO_RETURN_IF_ERROR(check_quantization(value.name, value.type));
    if (value.is_constant() &&
        (value.constant.dtype() != value.type.dtype || value.constant.shape() != value.type.shape)) {
      return broken(fmt::format("Constant '{}' is {} {}, but its type says {} {}.", value.name,
                                name_of(value.constant.dtype()), value.constant.shape().to_string(),
                                name_of(value.type.dtype), value.type.shape.to_string()));
    }
  }
  std::vector<const TensorType*> inputs;
  for (const Node& node : graph.nodes()) {
    inputs.clear();
    for (const ValueId input : node.inputs) {
      inputs.push_back(input == kNoValue ? nullptr : &graph.value(input).type);
    }
    RHEO_ASSIGN_OR_RETURN(const std::vector<TensorType> types,
                          infer_node(node.kind, node.attributes, inputs, node.name, node.source));
    if (types.size() != node.outputs.size()) {
      return broken(fmt::format("Node {} has {} outputs instead of {}.", describe(node.name, node.source),
                                node.outputs.size(), types.size()));
    }
    for (std::size_t output = 0; output < types.size(); ++output) {
      const TensorType& kept = graph.value(node.outputs[output]).type;
      if (kept == types[output]) continue;
      return broken(fmt::format("Output {} of node {} is {} {}, but its inputs make it {} {}{}.", output,
                                describe(node.name, node.source), name_of(kept.dtype), kept.shape.to_string(),
                                name_of(types[output].dtype), types[output].shape.to_string(),
                                kept.quantization == types[output].quantization ? "" : " with another quantization"));
    }
  }
  return {};
}

}  // namespace

Status verify(const Graph& graph) {
  RHEO_RETURN_IF_ERROR(verify_counts(graph));
  RHEO_RETURN_IF_ERROR(verify_ids(graph));
  RHEO_RETURN_IF_ERROR(verify_names(graph));
  RHEO_RETURN_IF_ERROR(verify_producers(graph));
  RHEO_RETURN_IF_ERROR(check_exits(graph.exits(), graph.values()));
  RHEO_RETURN_IF_ERROR(check_outputs(graph.outputs(), graph.exits(), graph.values()));
  RHEO_RETURN_IF_ERROR(verify_stages(graph));
  return verify_types(graph);
}

}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
#include "graph/stages.h"

namespace rheo {
namespace {

bool is_conversion(OpKind kind) { return kind == OpKind::cast || kind == OpKind::dequantize; }

// Puts the conversions between `value` and a value that has its place already into the stage of the latter.
void place_conversions(ValueId value, std::span<const Node> nodes, std::span<const Value> values,
                       std::vector<int>& stages) {
  std::vector<NodeId> conversions;
  int stage = 0;  // of an input
  for (NodeId node = values[value].producer; node != kNoNode; node = values[nodes[node].inputs[0]].producer) {
    stage = stages[node];
    if (stage != kNoStage || !is_conversion(nodes[node].kind)) break;
    conversions.push_back(node);
    stage = 0;
  }
  if (stage == kNoStage) return;
  for (const NodeId node : conversions) stages[node] = stage;
}

}  // namespace

std::vector<int> stages_of(std::span<const Node> nodes, std::span<const Value> values, std::span<const Exit> exits,
                           std::span<const GraphOutput> outputs) {
  std::vector<int> stages(nodes.size(), kNoStage);
  std::vector<NodeId> waiting;
  const auto need = [&](ValueId value, int stage) {
    if (value == kNoValue) return;
    const NodeId producer = values[value].producer;
    if (producer == kNoNode || stages[producer] != kNoStage) return;
    stages[producer] = stage;
    waiting.push_back(producer);
  };
  const auto need_all_behind = [&](ValueId end, int stage) {
    need(end, stage);
    while (!waiting.empty()) {
      const NodeId node = waiting.back();
      waiting.pop_back();
      for (const ValueId input : nodes[node].inputs) need(input, stage);
    }
  };
  const auto stage_count = static_cast<int>(exits.size());
  for (int exit = 0; exit < stage_count; ++exit) need_all_behind(exits[static_cast<std::size_t>(exit)].value, exit);
  for (const GraphOutput& output : outputs) place_conversions(output.value, nodes, values, stages);
  for (const GraphOutput& output : outputs) need_all_behind(output.value, stage_count - 1);
  return stages;
}

std::vector<NodeId> order_by_stage(std::span<const int> stages, int stage_count) {
  // Counting sort: linear in the nodes, however many exits there are.
  std::vector<std::size_t> next(static_cast<std::size_t>(stage_count) + 1, 0);
  for (const int stage : stages) {
    if (stage != kNoStage) ++next[static_cast<std::size_t>(stage) + 1];
  }
  for (std::size_t stage = 1; stage < next.size(); ++stage) next[stage] += next[stage - 1];
  std::vector<NodeId> order(next.back());
  for (std::size_t node = 0; node < stages.size(); ++node) {
    if (stages[node] == kNoStage) continue;
    order[next[static_cast<std::size_t>(stages[node])]++] = static_cast<NodeId>(node);
  }
  return order;
}

}  // namespace rheo

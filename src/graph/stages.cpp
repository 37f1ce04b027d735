// SPDX-License-Identifier: Apache-2.0
#include "graph/stages.h"

namespace rheo {

std::vector<int> stages_of(std::span<const Node> nodes, std::span<const Value> values, std::span<const Exit> exits) {
  std::vector<int> stages(nodes.size(), kNoStage);
  std::vector<NodeId> waiting;
  for (std::size_t exit = 0; exit < exits.size(); ++exit) {
    const auto need = [&](ValueId value) {
      if (value == kNoValue) return;
      const NodeId producer = values[value].producer;
      if (producer == kNoNode || stages[producer] != kNoStage) return;
      stages[producer] = static_cast<int>(exit);
      waiting.push_back(producer);
    };
    need(exits[exit].value);
    while (!waiting.empty()) {
      const NodeId node = waiting.back();
      waiting.pop_back();
      for (const ValueId input : nodes[node].inputs) need(input);
    }
  }
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

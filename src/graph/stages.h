// SPDX-License-Identifier: Apache-2.0
// Cuts a graph at its exits: stage k holds what exit k needs and no earlier exit needed; the last stage also holds what
// only outputs need, but for a conversion of a value that an earlier stage makes, which stands there: lowering adds
// such conversions, and an output must be there after the same exit in every precision. Running stages 0..k in order
// computes nothing twice. Private to the room; the result is Node::stage and the order of Graph::nodes().
#pragma once

#include <span>
#include <vector>

#include "graph/graph.h"

namespace rheo {

// Stage of a node that neither an exit nor an output needs.
inline constexpr int kNoStage = -1;

// One stage per node. All ids must be in range; the order of the nodes does not matter.
std::vector<int> stages_of(std::span<const Node> nodes, std::span<const Value> values, std::span<const Exit> exits,
                           std::span<const GraphOutput> outputs);

// The needed nodes sorted by stage; within a stage they keep their order. When `nodes` is ordered so that inputs come
// before their users, so is the result, because what a node needs is never of a later stage than the node.
std::vector<NodeId> order_by_stage(std::span<const int> stages, int stage_count);

}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
#include "transform/first_block.h"

#include <algorithm>

#include "transform/product.h"
#include "transform/quantized_chain.h"
#include "transform/round_rows.h"

namespace rheo {
namespace {

class Search {
 public:
  explicit Search(const Graph& graph)
      : graph_(graph), readers_(readers_by_value(graph)), found_(graph.nodes().size(), false) {}

  std::vector<bool> run() {
    for (const GraphInput& input : graph_.inputs()) {
      for (const NodeId first : convolutions_behind(input.value)) mark_behind(first);
    }
    return found_;
  }

 private:
  void mark_behind(NodeId first) {
    for (const NodeId second : convolutions_behind(graph_.node(first).outputs[0])) {
      if (!is_depthwise(second)) continue;
      found_[first] = true;
      found_[second] = true;
      for (const NodeId third : convolutions_behind(graph_.node(second).outputs[0])) found_[third] = true;
    }
  }

  bool is_depthwise(NodeId id) const {
    return are_depthwise(graph_.value(graph_.node(id).inputs[kWeightsInput]).type.shape);
  }

  // Those that compute from `value`, also behind other sizes and borders of it.
  std::vector<NodeId> convolutions_behind(ValueId value) const {
    std::vector<NodeId> result;
    std::vector<ValueId> values{value};
    while (!values.empty()) {
      const ValueId next = values.back();
      values.pop_back();
      for (const NodeId id : readers_[next]) {
        const Node& reader = graph_.node(id);
        if (reader.inputs[0] != next) continue;
        if (reader.kind == OpKind::conv2d) result.push_back(id);
        if (reader.kind == OpKind::resize || reader.kind == OpKind::pad) values.push_back(reader.outputs[0]);
      }
    }
    return result;
  }

  const Graph& graph_;
  std::vector<std::vector<NodeId>> readers_;
  std::vector<bool> found_;  // by node
};

}  // namespace

std::vector<bool> first_depthwise_block(const Graph& graph) { return Search(graph).run(); }

}  // namespace rheo

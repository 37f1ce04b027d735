// SPDX-License-Identifier: Apache-2.0
#include "graph/stages.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "support/sample_graphs.h"

namespace rheo {
namespace {

using testing::GraphPointer;
using testing::Net;
using testing::three_exit_graph;

// What exit `exit` needs, by the plainest means: repeat until nothing changes.
std::set<NodeId> needed_by(const Graph& graph, std::size_t exit) {
  std::set<NodeId> needed{graph.value(graph.exits()[exit].value).producer};
  for (std::size_t before = 0; before != needed.size();) {
    before = needed.size();
    for (NodeId id = 0; id < graph.nodes().size(); ++id) {
      if (!needed.contains(id)) continue;
      for (const ValueId input : graph.node(id).inputs) {
        if (input != kNoValue && graph.value(input).producer != kNoNode) needed.insert(graph.value(input).producer);
      }
    }
  }
  return needed;
}

TEST(Stages, EachNodeIsInTheFirstStageThatNeedsIt) {
  const GraphPointer graph = three_exit_graph();
  ASSERT_EQ(graph->stage_count(), 3);
  std::vector<int> expected(graph->nodes().size(), kNoStage);
  for (std::size_t exit = graph->exits().size(); exit-- > 0;) {
    for (const NodeId id : needed_by(*graph, exit)) expected[id] = static_cast<int>(exit);
  }
  std::map<int, int> nodes_per_stage;
  for (NodeId id = 0; id < graph->nodes().size(); ++id) {
    EXPECT_EQ(graph->node(id).stage, expected[id]) << graph->node(id).name;
    ++nodes_per_stage[graph->node(id).stage];
  }
  EXPECT_EQ(nodes_per_stage.size(), 3U);
}

TEST(Stages, OrderIsByStageAndInputsComeFirst) {
  const GraphPointer graph = three_exit_graph();
  int last = 0;
  for (NodeId id = 0; id < graph->nodes().size(); ++id) {
    EXPECT_GE(graph->node(id).stage, last);
    last = graph->node(id).stage;
    for (const ValueId input : graph->node(id).inputs) {
      if (input != kNoValue && graph->value(input).producer != kNoNode) {
        EXPECT_LT(graph->value(input).producer, id);
      }
    }
  }
}

TEST(Stages, NodesOfOneStageKeepTheirOrder) {
  Net net;
  const ValueId image = net.input({kDynamic, 4});
  const ValueId late = net.node(OpKind::relu, {image}, {}, "late");
  const ValueId a = net.node(OpKind::relu, {image}, {}, "a");
  const ValueId b = net.node(OpKind::tanh, {image}, {}, "b");
  net.exit("exit1", net.node(OpKind::add, {b, a}, {}, "sum"));
  net.exit("final", net.node(OpKind::add, {late, b}, {}, "last"));
  const GraphPointer graph = net.build();
  std::vector<std::string> names;
  for (const Node& node : graph->nodes()) names.push_back(node.name);
  EXPECT_EQ(names, (std::vector<std::string>{"a", "b", "sum", "late", "last"}));
}

TEST(Stages, AnExitMayBeOnTheWayToTheNext) {
  Net net;
  const ValueId first = net.node(OpKind::relu, {net.input({kDynamic, 4})}, {}, "first");
  net.exit("exit1", first);
  net.exit("final", net.node(OpKind::relu, {first}, {}, "second"));
  const GraphPointer graph = net.build();
  EXPECT_EQ(graph->node(0).stage, 0);
  EXPECT_EQ(graph->node(1).stage, 1);
}

TEST(Stages, LongChainsNeedNoStack) {
  Net net;
  ValueId x = net.input({kDynamic, 2});
  for (int layer = 0; layer < 100'000; ++layer) x = net.node(OpKind::relu, {x});
  net.exit("final", x);
  EXPECT_EQ(net.build()->nodes().size(), 100'000U);
}

}  // namespace
}  // namespace rheo

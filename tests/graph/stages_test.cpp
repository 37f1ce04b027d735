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

int stage_of(const Graph& graph, std::string_view name) {
  for (const Node& node : graph.nodes()) {
    if (node.name == name) return node.stage;
  }
  ADD_FAILURE() << "no node " << name;
  return kNoStage;
}

TEST(Stages, WhatOnlyOutputsNeedIsInTheLastOne) {
  const GraphPointer graph = testing::three_exits_and_outputs();
  ASSERT_EQ(graph->stage_count(), 3);
  EXPECT_EQ(stage_of(*graph, "embedding"), 2);
  const std::vector<GivenOut> all = given_out(*graph);
  ASSERT_EQ(all.size(), 6U);
  for (int exit = 0; exit < 3; ++exit) EXPECT_EQ(all[static_cast<std::size_t>(exit)].stage, exit);
  EXPECT_EQ(all[4].stage, 1) << "the second exit needs that picture";
  EXPECT_EQ(all[5].stage, 2);
}

TEST(Stages, AConversionForAnOutputStandsWhereItsSourceIsMade) {
  const auto cast = [](const char* dtype) { return Attributes{{"dtype", std::string(dtype)}}; };
  Net net;
  const ValueId image = net.input({kDynamic, 4});
  const ValueId early = net.node(OpKind::relu, {image}, {}, "early");
  net.exit("exit1", early);
  const ValueId half = net.node(OpKind::cast, {early}, cast("bf16"), "half");
  net.output("whole", net.node(OpKind::cast, {half}, cast("i64"), "whole"));
  net.output("bytes", net.node(OpKind::cast, {image}, cast("u8"), "bytes"));
  const ValueId aside = net.node(OpKind::tanh, {early}, {}, "aside");
  net.output("aside", net.node(OpKind::cast, {aside}, cast("i32"), "aside_i32"));
  net.output("itself", image);
  net.exit("final", net.node(OpKind::tanh, {net.node(OpKind::relu, {early})}, {}, "last"));
  const GraphPointer graph = net.build();
  EXPECT_EQ(stage_of(*graph, "half"), 0);
  EXPECT_EQ(stage_of(*graph, "whole"), 0);
  EXPECT_EQ(stage_of(*graph, "bytes"), 0);
  EXPECT_EQ(stage_of(*graph, "aside"), 1);
  EXPECT_EQ(stage_of(*graph, "aside_i32"), 1);
  EXPECT_EQ(given_out(*graph).back().stage, 0) << "an input is there from the start";
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

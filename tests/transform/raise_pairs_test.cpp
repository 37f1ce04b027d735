// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/graph_checks.h"
#include "transform/pass.h"
#include "transform/quantised_attention.h"

namespace rheo {
namespace {

using namespace testing;

const std::vector<Tensor> kWords{random_tensor({2, 4, 8}, 3)};

// Who makes what is quantised as `name`.
std::string made_by(const Graph& graph, std::string_view name) {
  const Node* quantize = find_node(graph, name);
  if (quantize == nullptr) return "nobody";
  const NodeId producer = graph.value(quantize->inputs[0]).producer;
  return producer == kNoNode ? "nobody" : graph.node(producer).name;
}

TEST(RaisePairs, RoundsInFrontOfMovesAndScales) {
  const testing::GraphPointer graph = named_attention();
  const testing::GraphPointer raised = raise_pairs(*graph).value();
  EXPECT_EQ(made_by(*raised, "q.stored"), "q");
  EXPECT_EQ(made_by(*raised, "k.stored"), "k");
  EXPECT_EQ(made_by(*raised, "v.stored"), "v");
  // The same numbers: half of a step of 0.02 instead of a step of 0.01 of the half.
  EXPECT_FLOAT_EQ(static_cast<float>(find_node(*raised, "q.stored")->attributes.real("scale")), 0.02F);
  EXPECT_EQ(find_node(*raised, "q.stored")->attributes.integer("zero_point"), 120);
  EXPECT_TRUE(same_answers(*graph, *raised, kWords, 1e-6));
}

TEST(RaisePairs, StopsWhereSomebodyElseReads) {
  const testing::GraphPointer graph = named_attention({.keys_are_read = true});
  const testing::GraphPointer raised = raise_pairs(*graph).value();
  EXPECT_EQ(made_by(*raised, "q.stored"), "q");
  EXPECT_EQ(made_by(*raised, "k.stored"), made_by(*graph, "k.stored"));
  EXPECT_TRUE(same_answers(*graph, *raised, kWords, 1e-6));
}

TEST(RaisePairs, LeavesOtherPairsAlone) {
  const testing::GraphPointer graph = named_attention({.rounds_values = false});
  EXPECT_EQ(kinds(*raise_pairs(*graph).value()), kinds(*graph));
}

}  // namespace
}  // namespace rheo

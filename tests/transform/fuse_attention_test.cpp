// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/graph_checks.h"
#include "support/sample_graphs.h"
#include "transform/pass.h"

namespace rheo {
namespace {

using testing::Net;
using Integers = std::vector<std::int64_t>;
using Names = std::vector<std::string>;

struct Form {
  bool transposes_key = true;  // k^T by a transpose of its last two dimensions, else as it comes
  bool scales_before = false;  // q and k, else the scores
  bool has_mask = false;
  bool has_bias = false;    // of the scores, beside the mask
  bool read_again = false;  // the scores, by somebody else
};

// q, k, v [b, 2, 5, 4] out of one input.
GraphPointer attention(const Form& form) {
  Net net;
  const ValueId x = net.input({kDynamic, 2, 5, 4});
  const ValueId query = net.node(OpKind::tanh, {x});
  ValueId key = net.node(OpKind::sigmoid, {x});
  const ValueId value = net.node(OpKind::relu, {x});
  key = net.node(OpKind::transpose, {key},
                 {{"permutation", form.transposes_key ? Integers{0, 1, 3, 2} : Integers{0, 2, 3, 1}}});
  if (!form.transposes_key) key = net.node(OpKind::transpose, {key}, {{"permutation", Integers{0, 3, 2, 1}}});
  const ValueId scale = net.constant({1}, "scale", 0.5, 0.5);
  const ValueId q = form.scales_before ? net.node(OpKind::mul, {query, scale}) : query;
  ValueId scores = net.node(OpKind::matmul, {q, key});
  if (form.read_again) net.output("scores", scores);
  if (!form.scales_before) scores = net.node(OpKind::mul, {scores, scale});
  if (form.has_mask) scores = net.node(OpKind::add, {scores, net.constant({1, 1, 1, 5}, "mask", -3, 0)});
  if (form.has_bias) scores = net.node(OpKind::add, {scores, net.constant({1, 2, 5, 5}, "bias", -1, 1)});
  const ValueId weights = net.node(OpKind::softmax, {scores}, {{"axis", -1}});
  net.exit("final", net.node(OpKind::matmul, {weights, value}, {}, "out"));
  return net.build();
}

GraphPointer fused(const Form& form) {
  const GraphPointer graph = attention(form);
  GraphPointer result = fuse_attention(*graph).value();
  const std::vector<Tensor> inputs = {testing::random_tensor({3, 2, 5, 4}, 1)};
  EXPECT_TRUE(testing::same_answers(*graph, *result, inputs, 1e-6));
  return result;
}

TEST(FuseAttention, IsOneOpInEveryFormThatExportersWrite) {
  for (const bool transposes : {true, false}) {
    for (const bool before : {false, true}) {
      for (const bool mask : {false, true}) {
        const GraphPointer result = fused({transposes, before, mask});
        const Node* node = testing::find_node(*result, "out");
        ASSERT_NE(node, nullptr);
        EXPECT_EQ(node->kind, OpKind::attention);
        EXPECT_EQ(node->inputs.size(), mask ? 4U : 3U);
        EXPECT_NEAR(node->attributes.real("scale"), 0.5, 1e-6);
        EXPECT_EQ(testing::count_kind(*result, OpKind::matmul), 0);
      }
    }
  }
}

TEST(FuseAttention, AddsOneMaskAndLosesNoOther) {
  const GraphPointer bias = fused({.has_bias = true});
  EXPECT_EQ(testing::find_node(*bias, "out")->inputs.size(), 4U);
  const GraphPointer both = fused({.has_mask = true, .has_bias = true});
  EXPECT_EQ(testing::find_node(*both, "out")->kind, OpKind::matmul);
}

// [b, 5, 2, 4] scaled, then moved to heads: what comes of models that keep the words in front of the batch.
TEST(FuseAttention, FindsTheScaleBehindTheTransposes) {
  Net net;
  const ValueId x = net.input({kDynamic, 5, 2, 4});
  const ValueId scale = net.constant({1}, "scale", 0.5, 0.5);
  const ValueId q = net.node(OpKind::mul, {net.node(OpKind::tanh, {x}), scale});
  const ValueId k = net.node(OpKind::mul, {net.node(OpKind::sigmoid, {x}), scale});
  const ValueId query = net.node(OpKind::transpose, {q}, {{"permutation", Integers{0, 2, 1, 3}}});
  const ValueId key = net.node(OpKind::transpose, {k}, {{"permutation", Integers{0, 2, 3, 1}}});
  const ValueId value = net.node(OpKind::transpose, {x}, {{"permutation", Integers{0, 2, 1, 3}}});
  const ValueId weights = net.node(OpKind::softmax, {net.node(OpKind::matmul, {query, key})}, {{"axis", -1}});
  net.exit("final", net.node(OpKind::matmul, {weights, value}, {}, "out"));
  const GraphPointer graph = net.build();
  const GraphPointer result = fuse_attention(*graph).value();
  EXPECT_EQ(testing::count_kind(*result, OpKind::mul), 0);
  EXPECT_NEAR(testing::find_node(*result, "out")->attributes.real("scale"), 0.25, 1e-6);
  const std::vector<Tensor> inputs = {testing::random_tensor({3, 5, 2, 4}, 1)};
  EXPECT_TRUE(testing::same_answers(*graph, *result, inputs, 1e-6));
}

TEST(FuseAttention, LeavesScoresThatAreReadElsewhere) {
  EXPECT_EQ(testing::count_kind(*fused({.read_again = true}), OpKind::attention), 0);
}

}  // namespace
}  // namespace rheo

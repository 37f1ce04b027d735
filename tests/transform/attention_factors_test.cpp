// SPDX-License-Identifier: Apache-2.0
#include "transform/attention_factors.h"

#include <algorithm>

#include "support/graph_checks.h"
#include "transform/pass.h"
#include "transform/quantised_attention.h"

namespace rheo {
namespace {

using namespace testing;

// Names of the quantised values behind what was found.
std::vector<std::string> found_in(const Graph& graph) {
  const std::vector<bool> factors = attention_factors(graph);
  std::vector<std::string> names;
  for (ValueId value = 0; value < factors.size(); ++value) {
    if (factors[value]) names.push_back(graph.value(graph.node(graph.value(value).producer).inputs[0]).name);
  }
  std::ranges::sort(names);
  return names;
}

TEST(AttentionFactors, AreWhatTheProductsAroundASoftmaxRead) {
  const std::vector<std::string> all = {"k.stored", "q.stored", "v.stored"};
  EXPECT_EQ(found_in(*named_attention()), all);
  EXPECT_EQ(found_in(*named_attention({.is_masked = true})), all);
}

TEST(AttentionFactors, AreNoneWhereOneIsNotRounded) {
  EXPECT_TRUE(found_in(*named_attention({.rounds_values = false})).empty());
}

TEST(AttentionFactors, AreInputsOfTheOpToo) {
  Net net;
  const ValueId x = net.input({kDynamic, 2, 4, 8});
  const ValueId q = named_pair(net, x, 0.01, 128, "q.stored");
  const ValueId k = named_pair(net, x, 0.01, 127, "k.stored");
  net.exit("final", net.node(OpKind::attention, {q, k, named_pair(net, x, 0.01, 126, "v.stored")}));
  EXPECT_EQ(found_in(*net.build()), (std::vector<std::string>{"k.stored", "q.stored", "v.stored"}));
}

TEST(AttentionFactors, MayBeMovedInEightBits) {
  Net net;
  const ValueId x = net.input({kDynamic, 4, 2, 8});
  const auto heads = [&](const char* name) {
    const ValueId stored = net.node(OpKind::quantize, {x}, {{"dtype", std::string("u8")}, {"scale", 0.01}});
    const ValueId moved =
        net.node(OpKind::transpose, {stored}, {{"permutation", std::vector<std::int64_t>{0, 2, 1, 3}}}, name);
    return net.node(OpKind::dequantize, {moved}, {{"dtype", std::string("f32")}});
  };
  const ValueId q = heads("q");
  const ValueId k = heads("k");
  net.exit("final", net.node(OpKind::attention, {q, k, heads("v")}));
  const testing::GraphPointer graph = net.build();
  EXPECT_EQ(found_in(*graph), (std::vector<std::string>{"k", "q", "v"}));
  EXPECT_EQ(kinds(*raise_pairs(*graph).value()), kinds(*graph));
}

// 2^64 ways lead back to the first sum.
TEST(AttentionFactors, AreNotLookedForBehindEndlessSums) {
  Net net;
  const ValueId x = net.input({kDynamic, 2, 4, 4});
  ValueId sum = net.node(OpKind::tanh, {x});
  for (int i = 0; i < 64; ++i) sum = net.node(OpKind::add, {sum, sum});
  const ValueId weights = net.node(OpKind::softmax, {sum}, {{"axis", -1}});
  net.exit("final", net.node(OpKind::matmul, {weights, named_pair(net, x, 0.01, 128)}));
  EXPECT_TRUE(found_in(*net.build()).empty());
}

TEST(AttentionFactors, AreNotWhatOtherProductsRead) {
  Net net;
  const ValueId x = net.input({kDynamic, 2, 4, 4});
  const ValueId a = named_pair(net, x, 0.01, 128);
  const ValueId b = named_pair(net, net.node(OpKind::sigmoid, {x}), 0.01, 0);
  net.exit("final", net.node(OpKind::matmul, {b, a}));
  EXPECT_TRUE(found_in(*net.build()).empty());
}

}  // namespace
}  // namespace rheo

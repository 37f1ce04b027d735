// SPDX-License-Identifier: Apache-2.0
#include "transform/bf16_between.h"

#include <gtest/gtest.h>

#include "support/graph_checks.h"
#include "support/spelled_quantization.h"
#include "transform/pass.h"

namespace rheo {
namespace {

using namespace testing;

// One head of attention between 8-bit layers; `reader` also reads the keys when it says so.
testing::GraphPointer attention_net(bool keys_are_read) {
  Net net;
  const ValueId x = spelled_pair(net, net.input({kDynamic, 4, 8}), 1.0F / 127, 128);
  const auto head = [&](std::uint64_t seed, const char* name) {
    const ValueId rows = net.node(OpKind::linear, {x, stored_weights(net, {8, 8}, 0, seed)}, {}, name);
    return net.node(OpKind::reshape, {rows}, {{"shape", std::vector<std::int64_t>{0, 1, 4, 8}}});
  };
  const ValueId q = head(4, "q");
  const ValueId k = head(5, "k");
  const ValueId seen = net.node(OpKind::attention, {q, k, head(6, "v")}, {}, "attention");
  const ValueId rows = net.node(OpKind::reshape, {seen}, {{"shape", std::vector<std::int64_t>{0, 4, 8}}}, "rows");
  const ValueId y = net.node(OpKind::linear, {spelled_pair(net, rows, 0.01F, 128), stored_weights(net, {8, 8}, 0, 7)});
  net.exit("final", net.node(OpKind::reshape, {y}, {{"shape", std::vector<std::int64_t>{0, 32}}}));
  if (keys_are_read) net.output("keys", net.node(OpKind::sigmoid, {k}));
  return net.build();
}

TEST(Bf16Between, AttentionBetweenLayersComputesInBf16) {
  const testing::GraphPointer graph = attention_net(false);
  const testing::GraphPointer fast = optimize(graph).value();
  for (const char* name : {"q", "k", "v", "attention"}) {
    ASSERT_NE(find_value(*fast, name), nullptr) << name;
    EXPECT_EQ(find_value(*fast, name)->type.dtype, DType::bf16) << name;
  }
  const std::vector<Tensor> inputs{random_tensor({2, 4, 8}, 3)};
  EXPECT_TRUE(same_answers(*graph, *fast, inputs, 0.03));
}

TEST(Bf16Between, NotWhatSomebodyElseReads) {
  const testing::GraphPointer fast = optimize(attention_net(true)).value();
  for (const char* name : {"q", "k", "v", "attention"}) {
    EXPECT_EQ(find_value(*fast, name)->type.dtype, DType::f32) << name;
  }
}

// One layer makes queries, keys and values, which are rounded by different scales: it cannot answer in 8 bits itself.
TEST(Bf16Between, WhatIsRoundedForAttentionAlone) {
  for (const bool is_read : {false, true}) {
    Net net;
    const ValueId x = spelled_pair(net, net.input({kDynamic, 4, 8}), 1.0F / 127, 128);
    const ValueId all = net.node(OpKind::linear, {x, stored_weights(net, {24, 8}, 0, 4)}, {}, "all");
    const auto part = [&](std::int64_t first, float scale) {
      const ValueId columns = net.node(OpKind::slice, {all}, {{"axis", 2}, {"start", first}, {"end", first + 8}});
      const ValueId head = net.node(OpKind::reshape, {columns}, {{"shape", std::vector<std::int64_t>{0, 1, 4, 8}}});
      return spelled_pair(net, head, scale, 128);
    };
    const ValueId seen = net.node(OpKind::attention, {part(0, 0.02F), part(8, 0.015F), part(16, 0.01F)});
    net.exit("final", net.node(OpKind::flatten, {seen}));
    if (is_read) net.output("layer", net.node(OpKind::sigmoid, {all}));
    const testing::GraphPointer graph = net.build();
    const testing::GraphPointer fast = optimize(graph).value();
    EXPECT_EQ(find_value(*fast, "all")->type.dtype, is_read ? DType::f32 : DType::bf16);
    const std::vector<Tensor> inputs{random_tensor({2, 4, 8}, 3)};
    EXPECT_TRUE(same_answers(*graph, *fast, inputs, 0.02));
  }
}

}  // namespace
}  // namespace rheo

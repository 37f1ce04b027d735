// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "support/graph_checks.h"
#include "support/sample_graphs.h"
#include "support/spelled_quantization.h"
#include "transform/pass.h"

namespace rheo {
namespace {

using namespace testing;
using Names = std::vector<std::string>;

const std::vector<Tensor> kRows{random_tensor({2, 6}, 3)};

TEST(NameQuantization, PutsAPairTogetherWithItsNumbers) {
  Net net;
  const ValueId x = net.input({kDynamic, 6});
  net.exit("final", spelled_dequantize(net, spelled_quantize(net, x, 0.01F, 113, "stored"), 0.01F, 113));
  const testing::GraphPointer graph = net.build();
  const testing::GraphPointer named = name_quantization(*graph).value();
  EXPECT_EQ(kinds(*named), (Names{"quantize", "dequantize"}));
  const Value* stored = find_value(*named, "stored");
  ASSERT_NE(stored, nullptr);
  EXPECT_EQ(stored->type.dtype, DType::u8);
  EXPECT_EQ(stored->type.quantization.zero_point, 113);
  EXPECT_TRUE(same_answers(*graph, *named, kRows, 1e-6));
}

TEST(NameQuantization, NotWhereSomebodyReadsTheStoredNumbersOtherwise) {
  const auto named = [](float scale, float zero_point, bool gives_out) {
    Net net;
    const ValueId stored = spelled_quantize(net, net.input({kDynamic, 6}), 0.01F, 113);
    net.exit("final", spelled_dequantize(net, stored, scale, zero_point));
    if (gives_out) net.output("stored", stored);
    const testing::GraphPointer graph = net.build();
    const testing::GraphPointer result = name_quantization(*graph).value();
    EXPECT_TRUE(same_answers(*graph, *result, kRows, 1e-6));
    return count_kind(*result, OpKind::quantize);
  };
  EXPECT_EQ(named(0.01F, 113, false), 1);
  EXPECT_EQ(named(0.02F, 113, false), 0);
  EXPECT_EQ(named(0.01F, 112, false), 0);
  EXPECT_EQ(named(0.01F, 113, true), 0);
}

TEST(NameQuantization, FollowsWhatOnlyMovesElements) {
  const auto named = [](float scale) {
    Net net;
    const ValueId stored = spelled_quantize(net, net.input({kDynamic, 2, 2, 2}), 0.01F, 113);
    const ValueId pooled =
        net.node(OpKind::max_pool2d, {stored}, {{"kernel", std::vector<std::int64_t>{2, 1}}}, "pool");
    const ValueId flat = net.node(OpKind::flatten, {pooled});
    net.exit("final", spelled_dequantize(net, flat, scale, 113));
    const testing::GraphPointer graph = net.build();
    const testing::GraphPointer result = name_quantization(*graph).value();
    EXPECT_TRUE(same_answers(*graph, *result, std::vector<Tensor>{random_tensor({3, 2, 2, 2}, 3)}, 1e-6));
    return result;
  };
  const testing::GraphPointer same = named(0.01F);
  EXPECT_EQ(kinds(*same), (Names{"quantize", "max_pool2d", "flatten", "dequantize"}));
  EXPECT_EQ(find_value(*same, "pool")->type.quantization.zero_point, 113);
  EXPECT_EQ(count_kind(*named(0.02F), OpKind::quantize), 0);
}

TEST(NameQuantization, AMatmulByStoredWeightsBecomesLinear) {
  Net net;
  const ValueId x = spelled_pair(net, net.input({kDynamic, 6}), 0.01F, 128);
  net.exit("final", net.node(OpKind::matmul, {x, stored_weights(net, {6, 5}, 1, 4)}, {}, "product"));
  const testing::GraphPointer graph = net.build();
  const testing::GraphPointer named = name_quantization(*graph).value();
  EXPECT_EQ(count_kind(*named, OpKind::linear), 1);
  EXPECT_EQ(count_kind(*named, OpKind::matmul), 0);
  EXPECT_EQ(count_kind(*named, OpKind::dequantize), 2);  // x and the weights
  EXPECT_TRUE(same_answers(*graph, *named, kRows, 1e-5));
}

TEST(NameQuantization, StoredWeightsAreExchangedOnceForAllReaders) {
  Net net;
  const ValueId weights = stored_weights(net, {6, 5}, 1, 4);
  for (const float scale : {0.01F, 0.02F}) {
    const ValueId x = spelled_pair(net, net.input({kDynamic, 6}, "x" + std::to_string(scale)), scale, 128);
    net.exit("exit" + std::to_string(scale), net.node(OpKind::matmul, {x, weights}));
  }
  const testing::GraphPointer named = name_quantization(*net.build()).value();
  std::set<const void*> stored;
  for (const Node& node : named->nodes()) {
    if (node.kind != OpKind::linear) continue;
    const Node& maker = named->node(named->value(node.inputs[1]).producer);
    stored.insert(named->value(maker.inputs[0]).constant.data());
  }
  EXPECT_EQ(stored.size(), 1U);
}

TEST(NameQuantization, WeightsOfAPlainProductBecomeNumbers) {
  for (const bool is_transposed : {false, true}) {
    Net net;
    ValueId weights = stored_weights(net, {5, 6}, 0, 4);
    if (is_transposed) {
      weights = net.node(OpKind::transpose, {weights}, {{"permutation", std::vector<std::int64_t>{1, 0}}});
      net.exit("final", net.node(OpKind::matmul, {net.input({kDynamic, 6}), weights}));
    } else {
      net.exit("final", net.node(OpKind::linear, {net.input({kDynamic, 6}), weights}));
    }
    const testing::GraphPointer graph = net.build();
    const testing::GraphPointer named = fold_constants(*name_quantization(*graph).value()).value();
    EXPECT_EQ(count_kind(*named, OpKind::dequantize), 0);
    EXPECT_TRUE(same_answers(*graph, *named, kRows, 1e-6));
  }
}

}  // namespace
}  // namespace rheo

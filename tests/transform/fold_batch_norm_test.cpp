// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/graph_checks.h"
#include "support/sample_graphs.h"
#include "transform/pass.h"

namespace rheo {
namespace {

using testing::kinds;
using testing::Net;
using testing::random_tensor;
using Names = std::vector<std::string>;

const std::vector<Tensor> kPictures{random_tensor({2, 3, 6, 6}, 3)};

TEST(FoldBatchNorm, IntoAConvolutionWithAndWithoutBias) {
  for (const bool bias : {false, true}) {
    Net net;
    const ValueId conv = net.conv(net.input({kDynamic, 3, 6, 6}), 8, 3, 2, "conv", bias);
    net.exit("final", net.batch_norm(conv, "norm"));
    const GraphPointer graph = net.build();
    const GraphPointer folded = fold_batch_norm(*graph).value();
    EXPECT_EQ(kinds(*folded), Names{"conv2d"});
    EXPECT_EQ(folded->node(0).name, "norm");
    EXPECT_TRUE(testing::same_answers(*graph, *folded, kPictures, 1e-5));
  }
}

// Each fold makes weights of its own: a small file whose many layers share theirs must not become a huge model.
TEST(FoldBatchNorm, NotOfSharedWeightsWithoutEnd) {
  constexpr std::size_t kWeightsBytes = std::size_t{16} << 20;
  constexpr int kReaders = 12;
  Net net;
  const ValueId x = net.input({kDynamic, 2048, 1, 1});
  const ValueId weights = net.constant({2048, 2048, 1, 1});
  for (int i = 0; i < kReaders; ++i) {
    net.exit("exit" + std::to_string(i), net.batch_norm(net.node(OpKind::conv2d, {x, weights, kNoValue})));
  }
  const GraphPointer folded = fold_batch_norm(*net.build()).value();
  std::size_t bytes = 0;
  for (const Value& value : folded->values()) bytes += value.constant.size_bytes();
  EXPECT_LE(bytes, (std::size_t{64} << 20) + 4 * kWeightsBytes);
  const auto left = testing::count_kind(*folded, OpKind::batch_norm);
  EXPECT_GT(left, 0);
  EXPECT_LT(left, kReaders) << "two or three may share";
}

TEST(FoldBatchNorm, IntoALinearLayer) {
  Net net;
  net.exit("final", net.batch_norm(net.linear(net.input({kDynamic, 9}), 4), "norm"));
  const GraphPointer graph = net.build();
  const GraphPointer folded = fold_batch_norm(*graph).value();
  EXPECT_EQ(kinds(*folded), Names{"linear"});
  const std::vector<Tensor> inputs{random_tensor({3, 9}, 4)};
  EXPECT_TRUE(testing::same_answers(*graph, *folded, inputs, 1e-5));
}

TEST(FoldBatchNorm, NotWhenTheChannelsLieElsewhere) {
  Net net;  // linear makes its features last, batch_norm reads dimension 1
  net.exit("final", net.batch_norm(net.linear(net.input({kDynamic, 4, 9}), 4), "norm"));
  const GraphPointer graph = net.build();
  EXPECT_EQ(kinds(*fold_batch_norm(*graph).value()), (Names{"linear", "batch_norm"}));
}

TEST(FoldBatchNorm, NotWhenSomebodyElseReadsTheConvolution) {
  Net net;
  const ValueId conv = net.conv(net.input({kDynamic, 3, 6, 6}), 8, 3);
  net.exit("exit1", net.node(OpKind::relu, {conv}));
  net.exit("final", net.batch_norm(conv));
  EXPECT_EQ(testing::count_kind(*fold_batch_norm(*net.build()).value(), OpKind::batch_norm), 1);
}

TEST(FoldBatchNorm, NotWhenTheConvolutionIsAnExit) {
  Net net;
  const ValueId conv = net.conv(net.input({kDynamic, 3, 6, 6}), 8, 3);
  net.exit("exit1", conv);
  net.exit("final", net.batch_norm(conv));
  EXPECT_EQ(testing::count_kind(*fold_batch_norm(*net.build()).value(), OpKind::batch_norm), 1);
}

TEST(FoldBatchNorm, NotBehindAnActivation) {
  Net net;
  const ValueId image = net.input({kDynamic, 3, 6, 6});
  const ValueId weights = net.constant({8, 3, 1, 1});
  const ValueId conv = net.node(OpKind::conv2d, {image, weights}, {{"activation", std::string("relu")}});
  net.exit("final", net.batch_norm(conv));
  EXPECT_EQ(testing::count_kind(*fold_batch_norm(*net.build()).value(), OpKind::batch_norm), 1);
}

}  // namespace
}  // namespace rheo

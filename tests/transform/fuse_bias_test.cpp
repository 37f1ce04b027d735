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

GraphPointer conv_plus(const Shape& addend, bool bias, std::int64_t channels = 8) {
  Net net;
  const ValueId conv = net.conv(net.input({kDynamic, 3, 6, 6}), channels, 3, 1, "conv", bias);
  net.exit("final", net.node(OpKind::add, {net.constant(addend, "addend"), conv}, {}, "sum"));
  return net.build();
}

TEST(FuseBias, OneValuePerChannelOrOneForAll) {
  for (const bool bias : {false, true}) {
    for (const Shape& addend : {Shape{8, 1, 1}, Shape{1, 8, 1, 1}, Shape{1}, Shape{}}) {
      const GraphPointer graph = conv_plus(addend, bias);
      const GraphPointer fused = fuse_bias(*graph).value();
      EXPECT_EQ(kinds(*fused), Names{"conv2d"}) << addend.to_string();
      EXPECT_EQ(fused->node(0).name, "sum");
      EXPECT_TRUE(testing::same_answers(*graph, *fused, kPictures, 1e-6));
    }
  }
}

TEST(FuseBias, NotWhatVariesAlongHeightOrWidthOrEnlarges) {
  EXPECT_EQ(kinds(*fuse_bias(*conv_plus({6}, true)).value()).size(), 2U);
  EXPECT_EQ(kinds(*fuse_bias(*conv_plus({8, 6, 1}, true)).value()).size(), 2U);
  EXPECT_EQ(kinds(*fuse_bias(*conv_plus({5, 1, 1}, true, 1)).value()).size(), 2U);
}

TEST(FuseBias, LinearAndRepeatedAdds) {
  Net net;
  const ValueId linear = net.linear(net.input({kDynamic, 5, 7}), 4, "fc", false);
  const ValueId once = net.node(OpKind::add, {linear, net.constant({4})});
  net.exit("final", net.node(OpKind::add, {once, net.constant({1, 1, 4})}, {}, "sum"));
  const GraphPointer graph = net.build();
  const GraphPointer fused = fuse_bias(*graph).value();
  EXPECT_EQ(kinds(*fused), Names{"linear"});
  const std::vector<Tensor> inputs{random_tensor({2, 5, 7}, 4)};
  EXPECT_TRUE(testing::same_answers(*graph, *fused, inputs, 1e-6));
}

TEST(FuseBias, NotBehindAnActivationOrAnExit) {
  Net net;
  const ValueId image = net.input({kDynamic, 3, 6, 6});
  const ValueId weights = net.constant({8, 3, 1, 1});
  const ValueId conv = net.node(OpKind::conv2d, {image, weights}, {{"activation", std::string("relu")}});
  net.exit("exit1", net.node(OpKind::add, {conv, net.constant({8, 1, 1})}));
  const ValueId other = net.conv(image, 8, 1);
  net.exit("exit2", other);
  net.exit("final", net.node(OpKind::add, {other, net.constant({8, 1, 1})}));
  EXPECT_EQ(testing::count_kind(*fuse_bias(*net.build()).value(), OpKind::add), 2);
}

}  // namespace
}  // namespace rheo

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

const std::vector<Tensor> kPictures{random_tensor({2, 3, 6, 6}, 3, -3, 3)};

TEST(FuseActivation, EveryUnaryOpBehindAConvolution) {
  for (const OpSchema& schema : op_schemas()) {
    if (!is_activation(schema.kind)) continue;
    Net net;
    Attributes attributes;
    if (schema.kind == OpKind::clamp) attributes = {{"min", -0.5}, {"max", 0.75}};
    const ValueId conv = net.conv(net.input({kDynamic, 3, 6, 6}), 8, 3);
    net.exit("final", net.node(schema.kind, {conv}, attributes, "act"));
    const GraphPointer graph = net.build();
    const GraphPointer fused = fuse_activation(*graph).value();
    EXPECT_EQ(kinds(*fused), Names{"conv2d"}) << schema.name;
    EXPECT_EQ(fused->node(0).name, "act");
    EXPECT_TRUE(testing::same_answers(*graph, *fused, kPictures, 1e-6)) << schema.name;
  }
}

TEST(FuseActivation, AClampMayHaveOneBound) {
  for (const char* bound : {"min", "max"}) {
    Net net;
    const ValueId conv = net.conv(net.input({kDynamic, 3, 6, 6}), 8, 3);
    net.exit("final", net.node(OpKind::clamp, {conv}, {{bound, 0.25}}));
    const GraphPointer graph = net.build();
    const GraphPointer fused = fuse_activation(*graph).value();
    EXPECT_EQ(kinds(*fused), Names{"conv2d"});
    EXPECT_TRUE(testing::same_answers(*graph, *fused, kPictures, 1e-6)) << bound;
  }
}

TEST(FuseActivation, KeepsTheSettings) {
  struct Case {
    OpKind kind;
    Attributes attributes;
  };
  for (const Case& c :
       {Case{OpKind::gelu, {{"approximate", "tanh"}}}, Case{OpKind::leaky_relu, {{"alpha", 0.3}}},
        Case{OpKind::elu, {{"alpha", 0.5}}}, Case{OpKind::hardsigmoid, {{"alpha", 0.2}, {"beta", 0.4}}}}) {
    Net net;
    const ValueId conv = net.conv(net.input({kDynamic, 3, 6, 6}), 8, 3);
    net.exit("final", net.node(c.kind, {conv}, c.attributes));
    const GraphPointer graph = net.build();
    const GraphPointer fused = fuse_activation(*graph).value();
    EXPECT_EQ(kinds(*fused), Names{"conv2d"});
    EXPECT_TRUE(testing::same_answers(*graph, *fused, kPictures, 1e-6)) << name_of(c.kind);
  }
}

TEST(FuseActivation, OnlyOnceAndOnlyWhenNobodyElseReads) {
  Net net;
  const ValueId image = net.input({kDynamic, 3, 6, 6});
  const ValueId first = net.node(OpKind::tanh, {net.conv(image, 8, 3)});
  net.exit("exit1", net.node(OpKind::relu, {first}));  // tanh fuses, relu stays
  const ValueId shared = net.conv(image, 8, 3);
  net.exit("exit2", net.node(OpKind::relu, {shared}));
  net.exit("exit3", net.node(OpKind::tanh, {shared}));
  const ValueId answer = net.conv(image, 8, 3);
  net.exit("exit4", answer);
  net.exit("final", net.node(OpKind::relu, {answer}));
  const GraphPointer graph = net.build();
  const GraphPointer fused = fuse_activation(*graph).value();
  EXPECT_EQ(testing::count_kind(*fused, OpKind::relu), 3);
  EXPECT_EQ(testing::count_kind(*fused, OpKind::tanh), 1);
  EXPECT_TRUE(testing::same_answers(*graph, *fused, kPictures, 1e-6));
}

}  // namespace
}  // namespace rheo

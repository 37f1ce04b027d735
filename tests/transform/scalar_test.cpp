// SPDX-License-Identifier: Apache-2.0
#include "transform/scalar.h"

#include <gtest/gtest.h>

#include "support/graph_checks.h"
#include "support/sample_graphs.h"

namespace rheo {
namespace {

TEST(Scalar, LooksThroughScalesThatNobodyElseReads) {
  testing::Net net;
  const ValueId x = net.input({kDynamic, 3});
  const ValueId twice = net.node(OpKind::mul, {net.constant({1}, "two", 2, 2), x}, {}, "twice");
  const ValueId half = net.node(OpKind::div, {twice, net.constant({1}, "four", 4, 4)}, {}, "half");
  const ValueId wide = net.node(OpKind::mul, {half, net.constant({3}, "three", 3, 3)}, {}, "wide");
  net.exit("final", net.node(OpKind::relu, {wide}));
  const GraphPointer graph = net.build();
  const Rewriter rewriter = Rewriter::create(*graph).value();
  const auto id = [&](const char* name) { return testing::find_node(*graph, name)->outputs[0]; };
  const Scaled scaled = without_scale(rewriter, id("half"));
  EXPECT_EQ(scaled.value, graph->inputs()[0].value);
  EXPECT_DOUBLE_EQ(scaled.factor, 0.5);
  EXPECT_EQ(without_scale(rewriter, id("wide")).value, id("wide"));  // three numbers are no scale
  EXPECT_EQ(maker_of(*graph, scaled.value), nullptr);
  EXPECT_EQ(merged_maker(rewriter, id("half"), OpKind::div)->name, "half");
  EXPECT_EQ(merged_maker(rewriter, id("half"), OpKind::mul), nullptr);
}

TEST(Scalar, ComparesConstantsAsFilesRoundThem) {
  EXPECT_TRUE(is_about(1.41421, 1.41421356));
  EXPECT_FALSE(is_about(1.414, 1.41421356));
}

}  // namespace
}  // namespace rheo

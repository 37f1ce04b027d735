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

TEST(FoldConstants, ChainsOfConstantsBecomeOne) {
  Net net;
  const ValueId image = net.input({kDynamic, 6});
  const ValueId weights = net.constant({6, 4}, "w");
  const ValueId turned =
      net.node(OpKind::transpose, {weights}, {{"permutation", std::vector<std::int64_t>{1, 0}}}, "turned");
  const ValueId scaled = net.node(OpKind::mul, {turned, net.constant({4, 1}, "s")}, {}, "scaled");
  net.exit("final", net.node(OpKind::linear, {image, scaled}, {}, "out"));
  const GraphPointer graph = net.build();
  const GraphPointer folded = fold_constants(*graph).value();
  EXPECT_EQ(kinds(*folded), Names{"linear"});
  EXPECT_EQ(folded->values().size(), 3U);
  ASSERT_NE(testing::find_value(*folded, "scaled"), nullptr);
  EXPECT_TRUE(testing::find_value(*folded, "scaled")->is_constant());
  const std::vector<Tensor> inputs{random_tensor({2, 6}, 3)};
  EXPECT_TRUE(testing::same_answers(*graph, *folded, inputs, 0));
}

TEST(FoldConstants, WhatDependsOnTheInputStays) {
  const GraphPointer graph = testing::three_exit_graph();
  EXPECT_EQ(kinds(*fold_constants(*graph).value()), kinds(*graph));
}

// Sums of `count` constants [size] are broadcast against each other: [size, size] each.
GraphPointer squares(int count, std::int64_t size) {
  Net net;
  const ValueId image = net.input({kDynamic, 1});
  ValueId sum = image;
  for (int i = 0; i < count; ++i) {
    const ValueId square = net.node(OpKind::mul, {net.constant({size, 1}), net.constant({1, size})});
    sum = net.node(OpKind::add,
                   {sum, net.node(OpKind::reduce_max, {square}, {{"axes", std::vector<std::int64_t>{0, 1}}})});
  }
  net.exit("final", sum);
  return net.build();
}

TEST(FoldConstants, WhatWouldSwellTheModelIsLeftToItsRuns) {
  EXPECT_EQ(testing::count_kind(*fold_constants(*squares(1, 1000)).value(), OpKind::mul), 0);
  EXPECT_EQ(testing::count_kind(*fold_constants(*squares(1, 4200)).value(), OpKind::mul), 1) << "70 MB of 34 kB";
  const GraphPointer many = fold_constants(*squares(20, 1000)).value();
  EXPECT_EQ(testing::count_kind(*many, OpKind::mul), 4) << "4 MB each, 64 MiB and a little together";
}

TEST(FoldConstants, WhatTakesLongIsLeftToItsRuns) {
  const auto folds = [](std::int64_t size) {
    Net net;
    const ValueId product = net.node(OpKind::matmul, {net.constant({size, size}), net.constant({size, size})});
    net.exit("final", net.node(OpKind::matmul, {net.input({kDynamic, size}), product}));
    return testing::count_kind(*fold_constants(*net.build()).value(), OpKind::matmul) == 1;
  };
  EXPECT_TRUE(folds(200));
  EXPECT_FALSE(folds(600)) << "216 million multiply-adds";
}

TEST(FoldConstants, ConstantsThatContradictEachOtherNameTheNode) {
  Net net;
  const ValueId far = net.builder().add_constant("far", Tensor::of<std::int64_t>({9}, {1}).value()).value();
  const ValueId row = net.node(OpKind::gather, {net.constant({2, 4}), far}, {}, "lookup");
  net.exit("final", net.node(OpKind::add, {net.input({kDynamic, 4}), row}));
  const Status status = fold_constants(*net.build()).status();
  EXPECT_EQ(status.code(), StatusCode::invalid_argument);
  for (const char* word : {"lookup", "gather", "9", "[-2, 2)"})
    EXPECT_NE(status.message().find(word), std::string::npos) << status.message();
}

}  // namespace
}  // namespace rheo

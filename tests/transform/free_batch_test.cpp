// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/graph_checks.h"
#include "support/sample_graphs.h"
#include "transform/pass.h"

namespace rheo {
namespace {

using testing::Net;
using Integers = std::vector<std::int64_t>;

GraphPointer traced_with_one_item() {
  Net net;
  const ValueId conv = net.conv(net.input({1, 2, 4, 4}), 3, 3, 1, "conv");
  const ValueId flat = net.node(OpKind::reshape, {conv}, {{"shape", Integers{1, 48}}}, "flat");
  net.exit("only", net.linear(flat, 5, "head"));
  return net.build();
}

TEST(FreeBatch, OpensWhatWasExportedForOneItem) {
  const GraphPointer before = traced_with_one_item();
  const GraphPointer after = free_batch(*before).value();
  EXPECT_TRUE(has_open_batch(*after));
  EXPECT_EQ(after->value(after->exits()[0].value).type.shape, (Shape{kDynamic, 5}));
  EXPECT_EQ(testing::kinds(*after), testing::kinds(*before));
  const std::vector<Tensor> one{testing::random_tensor({1, 2, 4, 4}, 3)};
  EXPECT_TRUE(testing::same_answers(*before, *after, one, 0));
  EXPECT_TRUE(concrete_types(*after, 8).ok());
}

TEST(FreeBatch, LeavesWhatMixesItems) {
  Net net;
  const ValueId x = net.input({1, 6});
  net.exit("only", net.node(OpKind::add, {x, net.node(OpKind::mean, {x}, {{"axes", Integers{0}}})}));
  const GraphPointer graph = net.build();
  const GraphPointer after = free_batch(*graph).value();
  EXPECT_FALSE(has_open_batch(*after));
  EXPECT_EQ(testing::kinds(*after), testing::kinds(*graph));
}

TEST(FreeBatch, LeavesOtherSizesAndOpenBatches) {
  Net two;
  two.exit("only", two.node(OpKind::relu, {two.input({2, 6})}));
  const GraphPointer fixed = free_batch(*two.build()).value();
  EXPECT_EQ(fixed->value(fixed->inputs()[0].value).type.shape, (Shape{2, 6}));
  const GraphPointer open = free_batch(*testing::three_exit_graph()).value();
  EXPECT_EQ(testing::kinds(*open), testing::kinds(*testing::three_exit_graph()));
}

TEST(FreeBatch, OpensTheRestBesideAnOpenInput) {
  Net net;
  const ValueId open = net.input({kDynamic, 6}, "open");
  net.exit("only", net.node(OpKind::add, {open, net.input({1, 6}, "fixed")}));
  EXPECT_TRUE(has_open_batch(*free_batch(*net.build()).value()));
}

TEST(FreeBatch, OpensOutputsTooOrNothing) {
  for (const bool mixes : {false, true}) {
    Net net;
    const ValueId x = net.input({1, 6});
    net.exit("only", net.node(OpKind::relu, {x}));
    net.output("other", mixes ? net.node(OpKind::transpose, {x}, {{"permutation", Integers{1, 0}}})
                              : net.node(OpKind::tanh, {x}));
    const GraphPointer after = free_batch(*net.build()).value();
    EXPECT_EQ(has_open_batch(*after), !mixes);
    EXPECT_EQ(after->outputs()[0].name, "other");
  }
}

TEST(FreeBatch, OpensLookupsAndMovesWithinItems) {
  Net net;
  const ValueId x = net.input({1, 2, 4, 4});
  const ValueId places = net.node(OpKind::argmax, {x}, {{"axis", 1}});
  const ValueId rows = net.node(OpKind::gather, {net.constant({2, 5}, "table"), places});
  const ValueId all = net.node(OpKind::expand, {net.node(OpKind::reduce_max, {rows}, {{"axes", Integers{1, 2}}})},
                               {{"shape", Integers{1, 5}}});
  net.exit("only", all);
  const GraphPointer after = free_batch(*net.build()).value();
  ASSERT_TRUE(has_open_batch(*after));
  EXPECT_TRUE(concrete_types(*after, 8).ok());
}

TEST(FreeBatch, OpensRecurrentOps) {
  const GraphPointer graph = testing::recurrent_graph(1);
  const GraphPointer open = free_batch(*graph).value();
  ASSERT_TRUE(has_open_batch(*open));
  const std::vector<Tensor> inputs{testing::random_tensor({1, 5, 3}, 2)};
  EXPECT_TRUE(testing::same_answers(*graph, *open, inputs, 0));
}

}  // namespace
}  // namespace rheo

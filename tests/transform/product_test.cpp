// SPDX-License-Identifier: Apache-2.0
#include "transform/product.h"

#include <gtest/gtest.h>

#include "op/epilogue.h"
#include "support/graph_checks.h"
#include "support/sample_graphs.h"

namespace rheo {
namespace {

using testing::find_node;
using testing::Net;

// A rewriter that has copied all of `graph`.
Rewriter copied(const Graph& graph) {
  Rewriter rewriter = Rewriter::create(graph).value();
  for (const Node& node : graph.nodes()) EXPECT_TRUE(rewriter.copy(node).ok());
  return rewriter;
}

TEST(Product, OpenMeansUnfusedUnsharedAndNoExit) {
  Net net;
  const ValueId image = net.input({kDynamic, 3, 6, 6});
  const ValueId open = net.conv(image, 8, 3, 1, "open");
  const ValueId weights = net.constant({8, 3, 3, 3});
  const ValueId closed =
      net.node(OpKind::conv2d, {open, net.constant({8, 8, 1, 1})}, {{"activation", std::string("relu")}}, "closed");
  const ValueId shared = net.node(OpKind::conv2d, {image, weights}, {}, "shared");
  const ValueId a = net.node(OpKind::global_avg_pool, {closed}, {}, "a");
  const ValueId b = net.node(OpKind::global_avg_pool, {shared}, {}, "b");
  const ValueId c = net.node(OpKind::global_avg_pool, {net.node(OpKind::relu, {shared})}, {}, "c");
  net.exit("final", net.node(OpKind::add, {net.node(OpKind::add, {a, b}), c}));
  const GraphPointer graph = net.build();
  Rewriter rewriter = copied(*graph);
  const auto is_open = [&](const char* name) {
    return open_product(rewriter, find_node(*graph, name)->outputs[0]) != nullptr;
  };
  EXPECT_TRUE(is_open("open"));
  EXPECT_FALSE(is_open("closed"));
  EXPECT_FALSE(is_open("shared"));
  EXPECT_FALSE(is_open("a"));
  EXPECT_EQ(open_product(rewriter, kNoValue), nullptr);
  EXPECT_EQ(open_product(rewriter, graph->inputs()[0].value), nullptr);
}

TEST(Product, InputsAreAlwaysFour) {
  const std::vector<ValueId> inputs = product_inputs({OpKind::linear, {}, {7, 8}, {}});
  EXPECT_EQ(inputs, (std::vector<ValueId>{7, 8, kNoValue, kNoValue}));
}

TEST(Product, PerChannelReadsTheRightDimension) {
  Net net;
  const ValueId image = net.input({kDynamic, 2, 3, 4});
  const ValueId pairs = net.node(OpKind::add, {image, net.constant({2, 1, 1}, "two")});
  const ValueId fours = net.node(OpKind::add, {pairs, net.constant({4}, "four")});
  net.exit("final", net.node(OpKind::add, {fours, net.constant({1, 1}, "one")}));
  const GraphPointer graph = net.build();
  Rewriter rewriter = copied(*graph);
  const Shape picture{kDynamic, 2, 3, 4};
  const auto channels = [&](const char* name, OpKind kind) -> std::size_t {
    for (ValueId id = 0; id < graph->values().size(); ++id) {
      if (graph->value(id).name != name) continue;
      const auto found = per_channel(rewriter, rewriter.mapped(id).value(), kind, picture);
      return found ? found->size() : 0;
    }
    return 99;
  };
  EXPECT_EQ(channels("two", OpKind::conv2d), 2U);
  EXPECT_EQ(channels("two", OpKind::linear), 0U);
  EXPECT_EQ(channels("four", OpKind::conv2d), 0U);
  EXPECT_EQ(channels("four", OpKind::linear), 4U);
  EXPECT_EQ(channels("one", OpKind::conv2d), 2U);
  EXPECT_EQ(channels("one", OpKind::linear), 4U);
  EXPECT_EQ(channels("image", OpKind::linear), 0U);
}

}  // namespace
}  // namespace rheo

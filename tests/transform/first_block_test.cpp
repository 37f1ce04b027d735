// SPDX-License-Identifier: Apache-2.0
#include "transform/first_block.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "support/graph_checks.h"
#include "support/sample_graphs.h"
#include "transform/lower.h"

namespace rheo {
namespace {

using testing::find_node;
using testing::find_value;
using testing::Net;

ValueId depthwise(Net& net, ValueId x, std::int64_t channels, const std::string& name) {
  return net.node(OpKind::conv2d, {x, net.constant({channels, 1, 3, 3}, name + ".kernels"), kNoValue},
                  {{"groups", channels}, {"pads", std::vector<std::int64_t>{1, 1, 1, 1}}}, name);
}

// A mobile network: layer, depthwise, narrowing, widening, depthwise.
GraphPointer mobile_graph() {
  Net net;
  const ValueId stem = net.conv(net.input({kDynamic, 3, 8, 8}), 16, 3, 1, "stem");
  const ValueId narrow = net.conv(depthwise(net, stem, 16, "deep"), 8, 1, 1, "narrow");
  const ValueId wide = net.conv(narrow, 32, 1, 1, "wide");
  net.exit("final", net.node(OpKind::flatten, {depthwise(net, wide, 32, "deeper")}, {}, "flat"));
  return net.build();
}

std::set<std::string> found(const Graph& graph) {
  std::set<std::string> names;
  const std::vector<bool> is_first = first_depthwise_block(graph);
  for (NodeId id = 0; id < graph.nodes().size(); ++id) {
    if (is_first[id]) names.insert(graph.node(id).name);
  }
  return names;
}

TEST(FirstBlock, IsWhatLiesAroundADepthwiseKernelBehindTheFirstLayer) {
  EXPECT_EQ(found(*mobile_graph()), (std::set<std::string>{"stem", "deep", "narrow"}));
}

TEST(FirstBlock, IsNowhereInOtherNetworks) {
  EXPECT_TRUE(found(*testing::three_exit_graph()).empty());
  Net net;
  const ValueId second = net.conv(net.conv(net.input({kDynamic, 3, 8, 8}), 16, 3, 1, "one"), 16, 3, 1, "two");
  net.exit("final", net.node(OpKind::flatten, {depthwise(net, second, 16, "late")}, {}, "flat"));
  EXPECT_TRUE(found(*net.build()).empty());
}

TEST(FirstBlock, StaysF32InBf16) {
  const GraphPointer lowered = to_bf16(*mobile_graph()).value();
  for (const char* name : {"stem", "deep", "narrow"}) {
    EXPECT_EQ(lowered->value(find_node(*lowered, name)->inputs[1]).type.dtype, DType::f32) << name;
  }
  for (const char* name : {"wide", "deeper"}) {
    EXPECT_EQ(lowered->value(find_node(*lowered, name)->inputs[1]).type.dtype, DType::bf16) << name;
  }
}

TEST(FirstBlock, RoundsItsLastSumsItselfForReadersInBf16) {
  const auto last = [](const Graph& lowered) {
    return lowered.value(find_node(lowered, "narrow")->outputs[0]).type.dtype;
  };
  EXPECT_EQ(last(*to_bf16(*mobile_graph()).value()), DType::bf16);
  Net net;
  const ValueId stem = net.conv(net.input({kDynamic, 3, 8, 8}), 16, 3, 1, "stem");
  const ValueId narrow = net.conv(depthwise(net, stem, 16, "deep"), 8, 1, 1, "narrow");
  const ValueId wide = net.conv(narrow, 32, 1, 1, "wide");
  net.output("floors", net.node(OpKind::floor, {narrow}, {}, "floor"));
  net.exit("final", net.node(OpKind::flatten, {depthwise(net, wide, 32, "deeper")}, {}, "flat"));
  EXPECT_EQ(last(*to_bf16(*net.build()).value()), DType::f32) << "somebody else wants them in f32";
}

}  // namespace
}  // namespace rheo

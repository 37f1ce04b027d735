// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/graph_checks.h"
#include "support/sample_graphs.h"
#include "transform/pass.h"

namespace rheo {
namespace {

TEST(DeadCode, IsAPassOfItsOwn) {
  testing::Net net;
  const ValueId image = net.input({kDynamic, 6});
  (void)net.node(OpKind::relu, {net.linear(image, 3, "dead")}, {}, "dead too");
  net.exit("final", net.linear(image, 2, "alive"));
  const GraphPointer graph = net.builder().build(Unneeded::keep).value();
  EXPECT_EQ(optimize(graph).value()->nodes().size(), 1U);
  // Those that look for 8-bit values write anew what is needed, and nothing else.
  const PassOptions options{.off = {"name_quantization", "drop_pairs", "raise_pairs", "use_8_bit", "dead_code"}};
  const GraphPointer kept = optimize(graph, nullptr, options).value();
  EXPECT_NE(testing::find_value(*kept, "dead too"), nullptr);
  EXPECT_EQ(testing::kinds(*kept), (std::vector<std::string>{"linear"}));
}

TEST(DeadCode, DoesNotStandInTheWayOfFusion) {
  testing::Net net;
  const ValueId conv = net.conv(net.input({kDynamic, 2, 4, 4}), 3, 3, 1, "conv");
  (void)net.node(OpKind::tanh, {conv}, {}, "dead");  // a second reader, but one that never runs
  net.exit("final", net.node(OpKind::relu, {conv}, {}, "alive"));
  const GraphPointer graph = net.builder().build(Unneeded::keep).value();
  EXPECT_EQ(testing::kinds(*fuse_activation(*graph).value()), (std::vector<std::string>{"conv2d"}));
}

}  // namespace
}  // namespace rheo

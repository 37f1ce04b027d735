// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <numbers>

#include "support/graph_checks.h"
#include "support/sample_graphs.h"
#include "transform/pass.h"

namespace rheo {
namespace {

using testing::Net;
using Names = std::vector<std::string>;

ValueId number(Net& net, double value) {
  return net.constant({1}, "", static_cast<float>(value), static_cast<float>(value));
}

Names after(Net& net, ValueId result) {
  net.exit("final", result);
  const GraphPointer graph = net.build();
  const GraphPointer named = name_activations(*graph).value();
  const std::vector<Tensor> inputs = {testing::random_tensor({3, 7}, 1, -5, 5)};
  EXPECT_TRUE(testing::same_answers(*graph, *named, inputs, 1e-6));
  return testing::kinds(*named);
}

TEST(NameActivations, GeluWhateverItsOrder) {
  for (const bool half_first : {false, true}) {
    Net net;
    const ValueId x = net.input({kDynamic, 7});
    const ValueId erf = net.node(OpKind::erf, {net.node(OpKind::div, {x, number(net, std::numbers::sqrt2)})});
    const ValueId gate = net.node(OpKind::add, {erf, number(net, 1)});
    const ValueId half = number(net, 0.5);
    const ValueId result = half_first ? net.node(OpKind::mul, {net.node(OpKind::mul, {half, x}), gate})
                                      : net.node(OpKind::mul, {net.node(OpKind::mul, {x, gate}), half});
    EXPECT_EQ(after(net, result), Names{"gelu"});
  }
}

TEST(NameActivations, SiluAndHardswish) {
  Net silu;
  const ValueId x = silu.input({kDynamic, 7});
  EXPECT_EQ(after(silu, silu.node(OpKind::mul, {silu.node(OpKind::sigmoid, {x}), x})), Names{"silu"});
  Net hard;
  const ValueId y = hard.input({kDynamic, 7});
  const ValueId cut =
      hard.node(OpKind::clamp, {hard.node(OpKind::add, {y, number(hard, 3)})}, {{"min", 0}, {"max", 6}});
  EXPECT_EQ(after(hard, hard.node(OpKind::div, {hard.node(OpKind::mul, {y, cut}), number(hard, 6)})),
            Names{"hardswish"});
  Net gated;
  const ValueId z = gated.input({kDynamic, 7});
  EXPECT_EQ(after(gated, gated.node(OpKind::mul, {z, gated.node(OpKind::hardsigmoid, {z})})), Names{"hardswish"});
}

TEST(NameActivations, AlmostIsNotEnough) {
  Net scaled;  // x * sigmoid(x) * 2
  const ValueId x = scaled.input({kDynamic, 7});
  const ValueId silu = scaled.node(OpKind::mul, {x, scaled.node(OpKind::sigmoid, {x})});
  EXPECT_EQ(after(scaled, scaled.node(OpKind::mul, {silu, number(scaled, 2)})).back(), "mul");
  Net other;  // another value is gated
  const ValueId y = other.input({kDynamic, 7});
  const ValueId tanh = other.node(OpKind::tanh, {y});
  EXPECT_EQ(after(other, other.node(OpKind::mul, {tanh, other.node(OpKind::sigmoid, {y})})).size(), 3U);
  Net wide;  // erf of x, not of x / sqrt(2)
  const ValueId z = wide.input({kDynamic, 7});
  const ValueId gate = wide.node(OpKind::add, {wide.node(OpKind::erf, {z}), number(wide, 1)});
  EXPECT_EQ(after(wide, wide.node(OpKind::mul, {wide.node(OpKind::mul, {z, gate}), number(wide, 0.5)})).back(), "mul");
}

}  // namespace
}  // namespace rheo

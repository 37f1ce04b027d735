// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "support/graph_checks.h"
#include "support/interpreter.h"
#include "support/sample_graphs.h"
#include "support/spelled_quantization.h"
#include "support/tensors.h"
#include "transform/eight_bit.h"
#include "transform/lower.h"
#include "transform/pass.h"

namespace rheo {
namespace {

using namespace testing;
using Names = std::vector<std::string>;

ValueId whole_weights(Net& net, const Shape& shape, float largest) {
  const Tensor random = random_tensor(shape, 4, -largest, largest);
  Tensor whole = Tensor::zeros(DType::f32, shape).value();
  for (std::size_t i = 0; i < whole.as<float>().size(); ++i) {
    whole.as_mutable<float>()[i] = std::floor(random.as<float>()[i]);
  }
  return net.builder().add_constant({}, std::move(whole)).value();
}

const Attributes kToF32 = {{"dtype", std::string("f32")}};

// What an importer makes of DynamicQuantizeLinear: x in whole steps around 0, and the step. `steps`: of the range.
struct Rounded {
  ValueId steps, scale;
};
Rounded rounded(Net& net, ValueId x, float steps = 255, const Shape& number_shape = {}) {
  Attributes axes;
  std::vector<std::int64_t> list;
  for (std::size_t axis = 0; axis < net.builder().type_of(x).shape.rank(); ++axis) {
    list.push_back(static_cast<std::int64_t>(axis));
  }
  axes.set("axes", list);
  const ValueId low = net.node(OpKind::min, {net.node(OpKind::reduce_min, {x}, axes), number(net, 0)});
  const ValueId high = net.node(OpKind::max, {net.node(OpKind::reduce_max, {x}, axes), number(net, 0)});
  const ValueId count = net.builder().add_constant({}, f32_of(number_shape, {steps})).value();
  const ValueId scale = net.node(OpKind::div, {net.node(OpKind::sub, {high, low}), count});
  const auto to_u8 = [&](ValueId value) {
    const ValueId cut = net.node(OpKind::clamp, {value}, {{"min", 0.0}, {"max", 255.0}});
    return net.node(OpKind::cast, {cut}, {{"dtype", std::string("u8")}});
  };
  const ValueId below = net.node(OpKind::div, {net.node(OpKind::sub, {number(net, 0), low}), scale});
  const ValueId zero = to_u8(net.node(OpKind::round, {below}));
  const ValueId whole = net.node(OpKind::round, {net.node(OpKind::div, {x, scale})});
  const ValueId stored = to_u8(net.node(OpKind::add, {whole, net.node(OpKind::cast, {zero}, kToF32)}));
  return {net.node(OpKind::sub, {net.node(OpKind::cast, {stored}, kToF32), net.node(OpKind::cast, {zero}, kToF32)}),
          scale};
}

// The sums as i32 and back, times both scales.
ValueId scaled_sums(Net& net, ValueId sums, ValueId scale, const Shape& scales, float low = 0.01F, float high = 0.02F) {
  const ValueId whole = net.node(OpKind::cast, {sums}, {{"dtype", std::string("i32")}});
  return net.node(OpKind::mul, {net.node(OpKind::cast, {whole}, kToF32),
                                net.node(OpKind::mul, {scale, net.constant(scales, {}, low, high)})});
}

testing::GraphPointer dense(const Shape& x_shape, float largest, float steps = 255) {
  Net net;
  const Rounded x = rounded(net, net.input(x_shape), steps);
  const ValueId sums = net.node(OpKind::matmul, {x.steps, whole_weights(net, {6, 5}, largest)});
  const ValueId y = scaled_sums(net, sums, x.scale, {5});
  net.exit("final", net.node(OpKind::gelu, {net.node(OpKind::add, {y, net.constant({5})})}));
  return net.build();
}

TEST(UseRunTimeScales, AProductOfRoundedValuesBecomesOneLayer) {
  const testing::GraphPointer graph = dense({1, 3, 6}, 127);
  const testing::GraphPointer fast = optimize(graph).value();
  EXPECT_EQ(kinds(*fast), (Names{"linear"}));
  EXPECT_TRUE(is_quantised(*fast));
  EXPECT_TRUE(same_answers(*graph, *fast, std::vector<Tensor>{random_tensor({1, 3, 6}, 3)}, 1e-4));
  // Each item has a range of its own, so any number of them may come.
  EXPECT_TRUE(has_open_batch(*fast));
}

TEST(UseRunTimeScales, RowsThatAreNoItemsShareTheirRange) {
  const testing::GraphPointer graph = dense({3, 6}, 127);
  const testing::GraphPointer fast = optimize(graph).value();
  EXPECT_EQ(kinds(*fast), (Names{"reshape", "linear", "reshape", "add", "gelu"}));
  EXPECT_TRUE(same_answers(*graph, *fast, std::vector<Tensor>{random_tensor({3, 6}, 3)}, 1e-4));
}

TEST(UseRunTimeScales, WeightsBeyondAnI8TakeTwoLayers) {
  for (const Shape& shape : {Shape{1, 3, 6}, Shape{3, 6}}) {
    const testing::GraphPointer graph = dense(shape, 255);
    const testing::GraphPointer fast = optimize(graph).value();
    EXPECT_EQ(count_kind(*fast, OpKind::linear), 2);
    EXPECT_TRUE(same_answers(*graph, *fast, std::vector<Tensor>{random_tensor(shape, 3)}, 1e-4));
  }
}

TEST(UseRunTimeScales, ConvolutionsToo) {
  Net net;
  const Rounded x = rounded(net, net.input({1, 3, 8, 8}));
  const ValueId sums = net.node(OpKind::conv2d, {x.steps, whole_weights(net, {8, 3, 3, 3}, 127)},
                                {{"pads", std::vector<std::int64_t>{1, 1, 1, 1}}});
  net.exit("final", scaled_sums(net, sums, x.scale, {1, 8, 1, 1}));
  const testing::GraphPointer graph = net.build();
  const testing::GraphPointer fast = optimize(graph).value();
  EXPECT_EQ(kinds(*fast), (Names{"conv2d"}));
  EXPECT_TRUE(same_answers(*graph, *fast, std::vector<Tensor>{random_tensor({1, 3, 8, 8}, 3)}, 1e-3));
}

TEST(UseRunTimeScales, NotWhereTheNumbersAreOthers) {
  const auto layers = [](const testing::GraphPointer& graph) {
    const testing::GraphPointer fast = optimize(graph).value();
    EXPECT_TRUE(same_answers(*graph, *fast, std::vector<Tensor>{random_tensor({1, 3, 6}, 3)}, 1e-4));
    return is_quantised(*fast);
  };
  EXPECT_TRUE(layers(dense({1, 3, 6}, 127)));
  EXPECT_FALSE(layers(dense({1, 3, 6}, 300)));       // weights that were no 8-bit numbers
  EXPECT_FALSE(layers(dense({1, 3, 6}, 127, 254)));  // another step
}

TEST(UseRunTimeScales, StayAsTheyAreInBf16) {
  const testing::GraphPointer fast = optimize(dense({1, 3, 6}, 127)).value();
  const testing::GraphPointer bf16 = to_bf16(*fast).value();
  EXPECT_TRUE(same_answers(*fast, *bf16, std::vector<Tensor>{random_tensor({1, 3, 6}, 3)}, 1e-6));
}

testing::GraphPointer convolution(const Shape& x_shape, std::int64_t outputs, std::int64_t groups,
                                  Attributes attributes = {}) {
  Net net;
  const Rounded x = rounded(net, net.input(x_shape));
  attributes.set("groups", groups);
  const ValueId w = whole_weights(net, {outputs, x_shape[1] / groups, 3, 3}, 127);
  net.exit("final", scaled_sums(net, net.node(OpKind::conv2d, {x.steps, w}, attributes), x.scale, {1, outputs, 1, 1}));
  return net.build();
}

// Whether the model became layers of 8-bit weights; it computes the same either way.
bool is_layer(const testing::GraphPointer& graph, const Shape& x_shape, double low = -1, double high = 1) {
  const testing::GraphPointer fast = optimize(graph).value();
  EXPECT_TRUE(
      same_answers(*graph, *fast, std::vector<Tensor>{random_tensor_of(DType::f32, x_shape, 3, low, high)}, 1e-3));
  return is_quantised(*fast);
}

// All pictures share one range in the model, and a convolution would give each its own.
TEST(UseRunTimeScales, NotForSeveralPictures) {
  EXPECT_TRUE(is_layer(convolution({1, 4, 5, 5}, 8, 1), {1, 4, 5, 5}));
  EXPECT_FALSE(is_layer(convolution({2, 4, 5, 5}, 8, 1), {2, 4, 5, 5}));
}

TEST(UseRunTimeScales, NotForGroupsOfFewOutputs) {
  EXPECT_TRUE(is_layer(convolution({1, 4, 5, 5}, 32, 2), {1, 4, 5, 5}));   // 16 outputs each
  EXPECT_FALSE(is_layer(convolution({1, 4, 5, 5}, 30, 2), {1, 4, 5, 5}));  // 15
  EXPECT_TRUE(is_layer(convolution({1, 4, 5, 5}, 3, 1), {1, 4, 5, 5}));    // one group may have few
}

// It would come before the scales and not behind them: relu6 of sums is another thing than relu6 of values.
TEST(UseRunTimeScales, NotWithAnActivationBeforeTheScales) {
  EXPECT_FALSE(is_layer(convolution({1, 4, 5, 5}, 8, 1, {{"activation", "relu6"}}), {1, 4, 5, 5}));
}

// A number of more dimensions than x makes its steps so, too.
TEST(UseRunTimeScales, NotWhereANumberMakesMoreDimensions) {
  const auto graph = [](const Shape& number_shape) {
    Net net;
    const Rounded x = rounded(net, net.input({1, 6}), 255, number_shape);
    const ValueId sums = net.node(OpKind::matmul, {x.steps, whole_weights(net, {6, 5}, 127)});
    net.exit("final", scaled_sums(net, sums, x.scale, {5}));
    return net.build();
  };
  EXPECT_TRUE(is_layer(graph({}), {1, 6}));
  EXPECT_TRUE(is_layer(graph({1, 1}), {1, 6}));
  EXPECT_FALSE(is_layer(graph({1, 1, 1}), {1, 6}));
}

TEST(UseRunTimeScales, InEitherOrderOfTheFactors) {
  for (const bool sums_first : {false, true}) {
    for (const bool scale_first : {false, true}) {
      Net net;
      const Rounded x = rounded(net, net.input({1, 3, 6}));
      const ValueId sums = net.node(OpKind::matmul, {x.steps, whole_weights(net, {6, 5}, 127)});
      const ValueId whole = net.node(OpKind::cast, {sums}, {{"dtype", std::string("i32")}});
      const ValueId real = net.node(OpKind::cast, {whole}, kToF32);
      const ValueId steps = net.constant({5}, {}, 0.01F, 0.02F);
      const ValueId factor =
          scale_first ? net.node(OpKind::mul, {x.scale, steps}) : net.node(OpKind::mul, {steps, x.scale});
      net.exit("final", sums_first ? net.node(OpKind::mul, {real, factor}) : net.node(OpKind::mul, {factor, real}));
      EXPECT_TRUE(is_layer(net.build(), {1, 3, 6})) << sums_first << scale_first;
    }
  }
}

TEST(UseRunTimeScales, NotWithScalesBelowZero) {
  Net net;
  const Rounded x = rounded(net, net.input({1, 3, 6}));
  const ValueId sums = net.node(OpKind::matmul, {x.steps, whole_weights(net, {6, 5}, 127)});
  net.exit("final", scaled_sums(net, sums, x.scale, {5}, -0.02F, -0.01F));
  EXPECT_FALSE(is_layer(net.build(), {1, 3, 6}));
}

// A range of nothing: the model divides 0 by 0 and says nothing that could be kept; the layer says 0.
TEST(UseRunTimeScales, ZerosGiveZeros) {
  const testing::GraphPointer fast = optimize(dense({1, 3, 6}, 127)).value();
  const std::vector<Tensor> zeros = {Tensor::zeros(DType::f32, {1, 3, 6}).value()};
  const std::vector<Tensor> answers = interpret_exits(*fast, zeros).value();
  ASSERT_TRUE(is_quantised(*fast));
  for (const float element : answers[0].as<float>()) EXPECT_TRUE(std::isfinite(element));
}

}  // namespace
}  // namespace rheo

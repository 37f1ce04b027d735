// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/graph_checks.h"
#include "support/onnx_sample.h"
#include "support/sample_graphs.h"
#include "support/spelled_quantization.h"
#include "support/tensors.h"
#include "transform/eight_bit.h"
#include "transform/pass.h"
#include "transform/quantised_attention.h"

namespace rheo {
namespace {

using namespace testing;
using Names = std::vector<std::string>;

const std::vector<Tensor> kPictures{random_tensor({2, 3, 8, 8}, 3)};

// Two convolutions with a residual around the second, a pool and a head: everything between the picture and the head in
// 8 bits, spelled out as an importer does.
testing::GraphPointer residual_net() {
  Net net;
  const Attributes padded = {{"pads", std::vector<std::int64_t>{1, 1, 1, 1}}};
  const ValueId x = spelled_pair(net, net.input({kDynamic, 3, 8, 8}), 1.0F / 127, 128);
  const ValueId first =
      net.node(OpKind::conv2d, {x, stored_weights(net, {8, 3, 3, 3}, 0, 4), net.constant({8})}, padded);
  const ValueId a = spelled_pair(net, first, 0.02F, 0);  // a relu that the quantiser took away
  const ValueId second =
      net.node(OpKind::conv2d, {a, stored_weights(net, {8, 8, 3, 3}, 0, 5), net.constant({8})}, padded);
  const ValueId sum = net.node(OpKind::add, {spelled_pair(net, second, 0.05F, 120), a}, {}, "sum");
  const ValueId pooled = net.node(OpKind::global_avg_pool, {spelled_pair(net, sum, 0.05F, 90)});
  const ValueId rows = spelled_pair(net, net.node(OpKind::flatten, {pooled}), 0.02F, 100);
  net.exit("final", net.node(OpKind::linear, {rows, stored_weights(net, {5, 8}, 0, 6), net.constant({5})}));
  return net.build();
}

TEST(Use8Bit, ComputesLayersOnStoredValues) {
  const testing::GraphPointer graph = residual_net();
  const testing::GraphPointer fast = optimize(graph).value();
  EXPECT_EQ(kinds(*fast), (Names{"quantize", "conv2d", "conv2d", "global_avg_pool", "flatten", "quantize", "linear"}));
  EXPECT_TRUE(is_quantised(*fast));
  const Value* sum = find_value(*fast, "sum");
  ASSERT_NE(sum, nullptr);
  EXPECT_EQ(sum->type.dtype, DType::u8);
  EXPECT_EQ(sum->type.quantization.zero_point, 90);
  // One rounding less than the model asks for, in front of the sum: 0.05 steps of values around 1.
  EXPECT_TRUE(same_answers(*graph, *fast, kPictures, 0.02));
}

TEST(Use8Bit, WithoutItTheSameIsComputedInF32) {
  const testing::GraphPointer graph = residual_net();
  const testing::GraphPointer fast = optimize(graph).value();
  const testing::GraphPointer slow = optimize(graph, nullptr, {.off = {"use_8_bit"}}).value();
  EXPECT_FALSE(is_quantised(*slow));
  EXPECT_TRUE(same_answers(*slow, *fast, kPictures, 0.02));
}

TEST(Use8Bit, AResultThatSomebodyReadsInF32StaysF32) {
  Net net;
  const ValueId x = spelled_pair(net, net.input({kDynamic, 3, 8, 8}), 1.0F / 127, 128);
  const ValueId y = net.node(OpKind::conv2d, {x, stored_weights(net, {8, 3, 1, 1}, 0, 4)}, {}, "conv");
  const ValueId z =
      net.node(OpKind::conv2d, {spelled_pair(net, y, 0.02F, 127), stored_weights(net, {8, 8, 1, 1}, 0, 5)});
  net.exit("final", net.node(OpKind::mul, {z, y}));
  const testing::GraphPointer graph = net.build();
  const testing::GraphPointer fast = optimize(graph).value();
  EXPECT_EQ(kinds(*fast), (Names{"quantize", "conv2d", "quantize", "conv2d", "mul"}));
  EXPECT_TRUE(same_answers(*graph, *fast, kPictures, 1e-5));
}

Tensor random_weights(const Shape& shape, std::uint64_t seed) {
  return random_tensor_of(DType::i8, shape, seed, -127, 127);
}

// The same as ONNX Runtime's quantiser says it in operators on 8-bit values.
OnnxSample operators_net() {
  const std::string microsoft = "com.microsoft";
  OnnxSample sample;
  sample.input("x", onnx::ElementType::f32, {"batch", "3", "8", "8"});
  sample.constant("x_scale", f32_of({}, {1.0 / 127})).constant("x_zero", tensor_of(DType::u8, {}, {128}));
  sample.constant("a_scale", f32_of({}, {0.02})).constant("a_zero", tensor_of(DType::u8, {}, {0}));
  sample.constant("y_scale", f32_of({}, {0.05})).constant("y_zero", tensor_of(DType::u8, {}, {120}));
  sample.constant("w_scale", f32_of({}, {0.004})).constant("w_zero", tensor_of(DType::i8, {}, {0}));
  sample.constant("w1", random_weights({8, 3, 3, 3}, 4)).constant("w2", random_weights({8, 8, 3, 3}, 5));
  sample.constant("w3", random_weights({5, 8}, 6)).constant("c3", tensor_of(DType::i32, {5}, {1000, -2000, 5, 0, 300}));
  const std::vector<onnx::Attribute> padded = {integers_attribute("pads", {1, 1, 1, 1})};
  sample.node("QuantizeLinear", {"x", "x_scale", "x_zero"}, {"q"});
  sample.node("QLinearConv", {"q", "x_scale", "x_zero", "w1", "w_scale", "w_zero", "a_scale", "a_zero"}, {"first"},
              padded);
  sample.node("MaxPool", {"first"}, {"a"},
              {integers_attribute("kernel_shape", {2, 2}), integers_attribute("strides", {2, 2})});
  sample.node("QLinearConv", {"a", "a_scale", "a_zero", "w2", "w_scale", "w_zero", "y_scale", "y_zero"}, {"second"},
              padded);
  sample.node("QLinearAdd", {"second", "y_scale", "y_zero", "a", "a_scale", "a_zero", "y_scale", "y_zero"}, {"sum"})
      .in_domain(microsoft);
  sample.node("QLinearGlobalAveragePool", {"sum", "y_scale", "y_zero", "a_scale", "y_zero"}, {"pooled"})
      .in_domain(microsoft);
  sample.node("Flatten", {"pooled"}, {"rows"});
  sample
      .node("QGemm", {"rows", "a_scale", "y_zero", "w3", "w_scale", "w_zero", "c3", "y_scale", "y_zero"}, {"last"},
            {integer_attribute("transB", 1)})
      .in_domain(microsoft);
  sample.node("DequantizeLinear", {"last", "y_scale", "y_zero"}, {"y"}).output("y");
  return sample;
}

TEST(Use8Bit, OperatorsOnEightBitValuesBecomeLayersToo) {
  const auto graph = operators_net().graph();
  const testing::GraphPointer fast = optimize(graph).value();
  EXPECT_EQ(kinds(*fast), (Names{"quantize", "conv2d", "max_pool2d", "conv2d", "global_avg_pool", "quantize", "reshape",
                                 "linear", "dequantize"}));
  // A step of the answer, where a rounding fell the other way.
  EXPECT_TRUE(same_answers(*graph, *fast, kPictures, 0.051));
}

TEST(Use8Bit, AttentionBetweenLayersStaysInBytes) {
  for (const bool is_masked : {false, true}) {
    const testing::GraphPointer graph = spelled_attention({.is_masked = is_masked});
    const testing::GraphPointer fast = optimize(graph).value();
    EXPECT_EQ(count_kind(*fast, OpKind::dequantize), 0);
    EXPECT_EQ(count_kind(*fast, OpKind::quantize), 1);  // of the input
    for (const char* name : {"q", "k", "v", "rows"}) {
      ASSERT_NE(find_value(*fast, name), nullptr) << name;
      EXPECT_EQ(find_value(*fast, name)->type.dtype, DType::u8) << name;
    }
    EXPECT_EQ(find_node(*fast, "rows")->kind, OpKind::attention);
    EXPECT_EQ(find_value(*fast, "rows")->type.quantization.zero_point, 127);
    const std::vector<Tensor> inputs{random_tensor({2, 4, 8}, 3)};
    EXPECT_TRUE(same_answers(*graph, *fast, inputs, 0.03));
  }
}

TEST(Use8Bit, AttentionOnValuesThatAreNotRoundedIsComputedInF32) {
  const testing::GraphPointer graph = spelled_attention({.rounds_values = false});
  const testing::GraphPointer fast = optimize(graph).value();
  EXPECT_NE(find_value(*fast, "v")->type.dtype, DType::u8);
  const std::vector<Tensor> inputs{random_tensor({2, 4, 8}, 3)};
  // Nothing of the attention is rounded now, where the model rounds scores of around 1 by steps of 0.02.
  EXPECT_TRUE(same_answers(*graph, *fast, inputs, 0.05));
}

}  // namespace
}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// Arithmetic on 8-bit integers, as operators ask for it.
#include "load/onnx/small_integers.h"

#include <gtest/gtest.h>

#include "load/onnx/lowering_sample.h"

namespace rheo::onnx {
namespace {

using testing::is_identical;
using testing::OnnxSample;
using testing::tensor_of;
using Values = std::vector<double>;

// y = op(a, b) of three numbers each.
Tensor answer_of(const std::string& op, DType dtype, const Values& a, const Values& b,
                 std::vector<Attribute> attributes = {}) {
  const ElementType type = dtype == DType::u8 ? ElementType::u8 : ElementType::i8;
  OnnxSample sample;
  sample.input("a", type, {"3"}).input("b", type, {"3"}).node(op, {"a", "b"}, {"y"}, std::move(attributes));
  return sample.output("y").answers({tensor_of(dtype, {3}, a), tensor_of(dtype, {3}, b)})[0];
}

TEST(OnnxSmallIntegers, WrapAroundAsEightBitsDo) {
  const auto u8 = [](const Values& values) { return tensor_of(DType::u8, {3}, values); };
  const auto i8 = [](const Values& values) { return tensor_of(DType::i8, {3}, values); };
  EXPECT_TRUE(is_identical(answer_of("Add", DType::u8, {1, 200, 255}, {2, 100, 255}), u8({3, 44, 254})));
  EXPECT_TRUE(is_identical(answer_of("Sub", DType::u8, {1, 200, 0}, {2, 100, 255}), u8({255, 100, 1})));
  EXPECT_TRUE(is_identical(answer_of("Mul", DType::u8, {16, 255, 7}, {16, 255, 3}), u8({0, 1, 21})));
  EXPECT_TRUE(is_identical(answer_of("Add", DType::i8, {127, -128, 5}, {1, -1, -9}), i8({-128, 127, -4})));
  EXPECT_TRUE(is_identical(answer_of("Mul", DType::i8, {-128, 100, -3}, {-1, 3, 4}), i8({-128, 44, -12})));
  EXPECT_TRUE(is_identical(answer_of("Div", DType::i8, {-128, -7, 9}, {-1, 2, 4}), i8({-128, -3, 2})));
}

TEST(OnnxSmallIntegers, KeepAnswersThatLieBetweenTheInputs) {
  EXPECT_TRUE(is_identical(answer_of("Max", DType::u8, {1, 200, 255}, {2, 100, 254}),
                           tensor_of(DType::u8, {3}, {2, 200, 255})));
  EXPECT_TRUE(is_identical(answer_of("Min", DType::i8, {-128, 5, 127}, {0, -5, 126}),
                           tensor_of(DType::i8, {3}, {-128, -5, 126})));
  EXPECT_TRUE(is_identical(answer_of("Mod", DType::i8, {-4, 7, 5}, {3, -3, 8}), tensor_of(DType::i8, {3}, {2, -2, 5})));
  EXPECT_TRUE(is_identical(answer_of("Mod", DType::i8, {-4, 7, 5}, {3, -3, 8}, {testing::integer_attribute("fmod", 1)}),
                           tensor_of(DType::i8, {3}, {-1, 1, 5})));
}

TEST(OnnxSmallIntegers, CompareToTruthValues) {
  EXPECT_TRUE(
      is_identical(answer_of("Less", DType::u8, {1, 200, 3}, {2, 100, 3}), tensor_of(DType::boolean, {3}, {1, 0, 0})));
  EXPECT_TRUE(
      is_identical(answer_of("Equal", DType::i8, {-1, 0, 3}, {1, 0, 3}), tensor_of(DType::boolean, {3}, {0, 1, 1})));
}

TEST(OnnxSmallIntegers, AreCutReducedAndRectified) {
  const Tensor x = tensor_of(DType::i8, {2, 2}, {-128, 5, 100, -3});
  const auto answer = [&](const std::string& op, const std::vector<std::string>& bounds,
                          std::vector<Attribute> attributes = {}) {
    OnnxSample sample;
    sample.input("x", ElementType::i8, {"2", "2"}).constant("low", tensor_of(DType::i8, {}, {-4}));
    std::vector<std::string> inputs = {"x"};
    inputs.insert(inputs.end(), bounds.begin(), bounds.end());
    return sample.node(op, inputs, {"y"}, std::move(attributes)).output("y").answers({x})[0];
  };
  EXPECT_TRUE(is_identical(answer("Clip", {"low"}), tensor_of(DType::i8, {2, 2}, {-4, 5, 100, -3})));
  EXPECT_TRUE(is_identical(answer("Relu", {}), tensor_of(DType::i8, {2, 2}, {0, 5, 100, 0})));
  EXPECT_TRUE(is_identical(answer("Neg", {}), tensor_of(DType::i8, {2, 2}, {-128, -5, -100, 3})));
  EXPECT_TRUE(is_identical(answer("ReduceMax", {}, {testing::integers_attribute("axes", {1})}),
                           tensor_of(DType::i8, {2, 1}, {5, 100})));
}

TEST(OnnxSmallIntegers, LeaveOtherTypesToTheOp) {
  EXPECT_EQ(testing::ops_of(testing::one_operator("Add", {{"3"}, {"3"}})), std::vector<std::string>{"add"});
}

}  // namespace
}  // namespace rheo::onnx

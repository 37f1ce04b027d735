// SPDX-License-Identifier: Apache-2.0
// What is shared by the quantised operators; each of them is tested beside its own file.
#include "load/onnx/quantized.h"

#include <gtest/gtest.h>

#include "load/onnx/lowering_sample.h"

namespace rheo::onnx {
namespace {

using testing::f32_of;
using testing::OnnxSample;

// y = a product of [1, 2] by weights of one column.
OnnxSample product(const Tensor& scale, const Tensor& zero) {
  OnnxSample sample;
  sample.input("x", ElementType::u8, {"1", "2"}).constant("w", testing::tensor_of(DType::u8, {2, 1}, {130, 126}));
  sample.constant("one", f32_of({}, {1})).constant("none", testing::tensor_of(DType::u8, {}, {0}));
  sample.constant("scale", scale).constant("zero", zero);
  sample.node("QLinearMatMul", {"x", "one", "none", "w", "scale", "zero", "one", "none"}, {"y"}).output("y");
  return sample;
}

TEST(OnnxQuantizedSteps, WeightsNeedScalesAndZeroPointsOfTheirOwnCount) {
  const Tensor zero = testing::tensor_of(DType::u8, {}, {128});
  EXPECT_EQ(testing::count_kind(*product(f32_of({}, {1}), zero).graph(), OpKind::dequantize), 1);
  EXPECT_EQ(testing::count_kind(*product(f32_of({1}, {1}), zero).graph(), OpKind::dequantize), 1);
  // No scale at all: computed as the model says, in whole numbers.
  EXPECT_EQ(testing::count_kind(*product(f32_of({}, {-1}), zero).graph(), OpKind::dequantize), 0);
}

// Two of them fit no axis of [2, 4] but the first.
TEST(OnnxQuantizedSteps, AsManyZeroPointsAndScalesAsTheAxisIsLong) {
  const auto dequantized = [](std::int64_t axis, const Shape& scales, const Shape& zeros) {
    OnnxSample sample;
    sample.input("x", ElementType::f32, {"2", "4"});
    sample.constant("w", testing::tensor_of(DType::u8, {2, 4}, {1, 2, 3, 4, 5, 6, 7, 8}));
    sample.constant("scale", f32_of(scales, std::vector<double>(static_cast<std::size_t>(scales.elements()), 2)));
    const std::vector<double> none(static_cast<std::size_t>(zeros.elements()), 1);
    sample.constant("zero", testing::tensor_of(DType::u8, zeros, none));
    sample.node("DequantizeLinear", {"w", "scale", "zero"}, {"real"}, {testing::integer_attribute("axis", axis)});
    return sample.node("Add", {"x", "real"}, {"y"}).output("y");
  };
  EXPECT_EQ(testing::count_kind(*dequantized(0, {2}, {2}).graph(), OpKind::dequantize), 1);
  EXPECT_EQ(testing::count_kind(*dequantized(0, {}, {2}).graph(), OpKind::dequantize), 1);
  EXPECT_EQ(dequantized(1, {}, {2}).refusal().code(), StatusCode::unsupported);
  EXPECT_EQ(dequantized(1, {2}, {}).refusal().code(), StatusCode::unsupported);
  EXPECT_EQ(dequantized(1, {2}, {2}).refusal().code(), StatusCode::unsupported);
}

TEST(OnnxQuantizedSteps, AnswersInTheFormOfTheResult) {
  const Tensor zero = testing::tensor_of(DType::u8, {}, {128});
  const Tensor x = testing::tensor_of(DType::u8, {1, 2}, {100, 10});
  EXPECT_TRUE(testing::is_identical(product(f32_of({}, {1}), zero).answers({x})[0],
                                    testing::tensor_of(DType::u8, {1, 1}, {180})));
  EXPECT_TRUE(testing::is_identical(product(f32_of({}, {100}), zero).answers({x})[0],
                                    testing::tensor_of(DType::u8, {1, 1}, {255})));
}

}  // namespace
}  // namespace rheo::onnx

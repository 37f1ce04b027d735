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

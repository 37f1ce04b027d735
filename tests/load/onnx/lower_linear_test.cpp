// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "load/onnx/lowering_sample.h"

namespace rheo::onnx {
namespace {

using testing::answer_shape;
using testing::f32_of;
using testing::integer_attribute;
using testing::integers_attribute;
using testing::one_operator;
using testing::OnnxSample;
using testing::ops_of;
using Names = std::vector<std::string>;

TEST(OnnxLinear, MakesALayerOfAConstantFactor) {
  OnnxSample sample;
  sample.input("x", ElementType::f32, {"batch", "2"}).constant("w", f32_of({2, 3}, {1, 2, 3, 4, 5, 6}));
  sample.constant("b", f32_of({1, 3}, {10, 20, 30}));
  sample.node("Gemm", {"x", "w", "b"}, {"y"},
              {testing::real_attribute("alpha", 2), testing::real_attribute("beta", 3)});
  sample.output("y");
  EXPECT_EQ(ops_of(sample), Names{"linear"});
  EXPECT_TRUE(testing::is_close(sample.answers({f32_of({1, 2}, {1, -1})})[0], f32_of({1, 3}, {24, 54, 84})));
}

TEST(OnnxLinear, AddsAfterwardsWhatIsNoBias) {
  OnnxSample sample;
  sample.input("x", ElementType::f32, {"batch", "2"}).constant("w", f32_of({1, 2}, {1, 2}));
  sample.constant("c", f32_of({}, {5}));
  sample.node("Gemm", {"x", "w", "c"}, {"y"}, {integer_attribute("transB", 1)}).output("y");
  EXPECT_EQ(ops_of(sample), (Names{"linear", "add"}));
  EXPECT_TRUE(testing::is_close(sample.answers({f32_of({1, 2}, {1, 1})})[0], f32_of({1, 1}, {8})));
}

TEST(OnnxLinear, MultipliesTwoComputedMatrices) {
  EXPECT_EQ(ops_of(one_operator("MatMul", {{"batch", "4", "3"}, {"batch", "3", "2"}})), Names{"matmul"});
  EXPECT_EQ(answer_shape(one_operator("MatMul", {{"batch", "4", "3"}, {"3"}})), (Shape{kDynamic, 4}));
  EXPECT_EQ(answer_shape(one_operator("MatMul", {{"3"}, {"3", "2"}})), (Shape{2}));
  EXPECT_EQ(answer_shape(one_operator("MatMul", {{"3"}, {"3"}})), Shape{});
}

TEST(OnnxLinear, RefusesNumbersAndNoMatrices) {
  EXPECT_EQ(one_operator("MatMul", {{"3"}, {}}).refusal().code(), StatusCode::unsupported);
  EXPECT_EQ(one_operator("Gemm", {{"2", "3"}, {"3"}}).refusal().code(), StatusCode::unsupported);
}

}  // namespace
}  // namespace rheo::onnx

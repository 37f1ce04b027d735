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

TEST(OnnxReduction, TakesAxesFromAttributeOrInput) {
  const auto by_attribute = one_operator("ReduceSum", {{"batch", "3", "4"}}, {integers_attribute("axes", {-1})}, 11);
  EXPECT_EQ(answer_shape(by_attribute), (Shape{kDynamic, 3, 1}));
  OnnxSample by_input;
  by_input.input("x", ElementType::f32, {"batch", "3", "4"}).integers("axes", {1, 2});
  by_input.node("ReduceSum", {"x", "axes"}, {"y"}, {integer_attribute("keepdims", 0)}).output("y");
  EXPECT_EQ(answer_shape(by_input), (Shape{kDynamic}));
}

TEST(OnnxReduction, ReducesAllOrNothingWithoutAxes) {
  EXPECT_EQ(answer_shape(one_operator("ReduceMax", {{"3", "4"}}, {integer_attribute("keepdims", 0)})), Shape{});
  const auto nothing = one_operator("ReduceSum", {{"3", "4"}}, {integer_attribute("noop_with_empty_axes", 1)});
  EXPECT_EQ(answer_shape(nothing), (Shape{3, 4}));
}

TEST(OnnxReduction, TakesAFixedBatchToReduceOverIt) {
  EXPECT_EQ(answer_shape(one_operator("ReduceMax", {{"batch", "4"}})), (Shape{1, 1}));
}

TEST(OnnxReduction, AnswersWithValuesAndIndices) {
  OnnxSample sample;
  sample.input("x", ElementType::f32, {"batch", "4"}).integers("k", {2});
  sample.node("TopK", {"x", "k"}, {"values", "indices"}).output("values").output("indices");
  const std::vector<Tensor> answers = sample.answers({f32_of({1, 4}, {1, 4, 3, 2})});
  EXPECT_TRUE(testing::is_identical(answers[0], f32_of({1, 2}, {4, 3})));
  EXPECT_TRUE(testing::is_identical(answers[1], testing::tensor_of(DType::i64, {1, 2}, {1, 2})));
}

}  // namespace
}  // namespace rheo::onnx

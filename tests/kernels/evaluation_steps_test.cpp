// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "kernels/evaluate.h"

namespace rheo {
namespace {

using Integers = std::vector<std::int64_t>;

std::size_t steps_of(OpKind kind, const std::vector<Shape>& shapes, const Attributes& attributes = {}) {
  std::vector<TensorType> types;
  for (const Shape& shape : shapes) types.push_back({DType::f32, shape, {}});
  std::vector<const TensorType*> inputs;
  for (const TensorType& type : types) inputs.push_back(&type);
  const std::vector<TensorType> outputs = infer_types(kind, {attributes, inputs}).value();
  return evaluation_steps(kind, {attributes, inputs}, outputs);
}

TEST(EvaluationSteps, CountWhatIsReadAndWrittenAndMultiplied) {
  EXPECT_EQ(steps_of(OpKind::relu, {{10, 10}}), 200U);
  EXPECT_EQ(steps_of(OpKind::reduce_sum, {{1000}}), 1001U);
  EXPECT_EQ(steps_of(OpKind::matmul, {{10, 20}, {20, 30}}), 200U + 600 + 300 + 6000);
  EXPECT_EQ(steps_of(OpKind::conv2d, {{1, 2, 8, 8}, {4, 2, 3, 3}}), 128U + 72 + 144 + 144 * 18);
}

TEST(EvaluationSteps, APickOfALargeTensorIsSmall) {
  const Attributes first = {{"axis", 0}, {"start", 0}, {"end", 1}};
  EXPECT_EQ(steps_of(OpKind::slice, {{1000, 2}}, first), 2U);
}

// Whose reference kernels look at an element more than once.
TEST(EvaluationSteps, CountTheWindowsAndOrders) {
  const Attributes window = {{"kernel", Integers{50, 50}}, {"strides", Integers{1, 1}}};
  EXPECT_GE(steps_of(OpKind::max_pool2d, {{1, 1, 100, 100}}, window), 51U * 51 * 2500);
  EXPECT_GE(steps_of(OpKind::avg_pool2d, {{1, 1, 100, 100}}, window), 51U * 51 * 2500);
  EXPECT_GE(steps_of(OpKind::adaptive_avg_pool2d, {{1, 1, 1, 500}}, {{"output_size", Integers{500, 1}}}), 500U * 500);
  EXPECT_GE(steps_of(OpKind::local_response_norm, {{1, 100, 10}}, {{"size", 100}}), 1000U * 100);
  EXPECT_GE(steps_of(OpKind::top_k, {{3, 1000}}, {{"k", 1}}), 3U * 1000 * 1000);
  const Attributes larger = {{"sizes", Integers{20, 20}}, {"mode", "cubic"}};
  EXPECT_GE(steps_of(OpKind::resize, {{1, 1, 10, 10}}, larger), 400U * 16);
}

TEST(EvaluationSteps, StopAtTheLargestNumber) {
  const std::int64_t long_axis = std::int64_t{1} << 39;
  EXPECT_EQ(steps_of(OpKind::top_k, {{long_axis}}, {{"k", 1}}), SIZE_MAX);
}

}  // namespace
}  // namespace rheo

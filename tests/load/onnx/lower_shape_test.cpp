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

Tensor sizes_of(OnnxSample& sample) {
  return sample.output("y").answers({testing::random_tensor_of(DType::f32, {2, 3, 4}, 1)})[0];
}

TEST(OnnxShape, TellsAPartOfTheShape) {
  OnnxSample sample;
  sample.input("x", ElementType::f32, {"2", "3", "4"});
  sample.node("Shape", {"x"}, {"y"}, {integer_attribute("start", -2), integer_attribute("end", 9)});
  EXPECT_TRUE(testing::is_identical(sizes_of(sample), testing::tensor_of(DType::i64, {2}, {3, 4})));
  OnnxSample count;
  count.input("x", ElementType::f32, {"2", "3", "4"}).node("Size", {"x"}, {"y"});
  EXPECT_TRUE(testing::is_identical(sizes_of(count), testing::tensor_of(DType::i64, {}, {24})));
}

Shape reshaped(std::vector<std::int64_t> target, std::vector<Attribute> attributes = {}) {
  OnnxSample sample;
  sample.input("x", ElementType::f32, {"batch", "6"}).integers("target", std::move(target));
  sample.node("Reshape", {"x", "target"}, {"y"}, std::move(attributes)).output("y");
  const auto graph = sample.graph();
  return graph->value(graph->exits()[0].value).type.shape;
}

TEST(OnnxShape, CopiesAndInfersDimensions) {
  EXPECT_EQ(reshaped({0, 2, -1}), (Shape{kDynamic, 2, 3}));
  EXPECT_EQ(reshaped({-1, 3, 2}), (Shape{kDynamic, 3, 2}));
  EXPECT_EQ(reshaped({1, 2, 3}), (Shape{1, 2, 3}));  // as it was traced: with a batch of 1
}

TEST(OnnxShape, RefusesShapesOfAnotherSize) {
  const auto code = [](std::vector<std::int64_t> target) {
    OnnxSample sample;
    sample.input("x", ElementType::f32, {"2", "6"}).integers("target", std::move(target));
    return sample.node("Reshape", {"x", "target"}, {"y"}).output("y").refusal().code();
  };
  EXPECT_EQ(code({5, -1}), StatusCode::unsupported);
  EXPECT_EQ(code({0, 0, 0}), StatusCode::unsupported);
  EXPECT_EQ(code({-2, 6}), StatusCode::unsupported);
  EXPECT_EQ(code({std::int64_t{1} << 40, std::int64_t{1} << 40, -1}), StatusCode::unsupported);
}

TEST(OnnxShape, DropsAndAddsOnes) {
  EXPECT_EQ(answer_shape(one_operator("Squeeze", {{"batch", "1", "3"}}, {integers_attribute("axes", {1})}, 11)),
            (Shape{kDynamic, 3}));
  EXPECT_EQ(answer_shape(one_operator("Unsqueeze", {{"batch", "3"}}, {integers_attribute("axes", {-1})}, 11)),
            (Shape{kDynamic, 3, 1}));
  EXPECT_EQ(one_operator("Squeeze", {{"batch", "2"}}, {integers_attribute("axes", {1})}, 11).refusal().code(),
            StatusCode::unsupported);
  EXPECT_EQ(one_operator("Unsqueeze", {{"batch", "2"}}, {integers_attribute("axes", {1, 1})}, 11).refusal().code(),
            StatusCode::unsupported);
}

TEST(OnnxShape, FlattensBehindTheBatch) {
  EXPECT_EQ(answer_shape(one_operator("Flatten", {{"batch", "2", "3"}})), (Shape{kDynamic, 6}));
  EXPECT_EQ(answer_shape(one_operator("Flatten", {{"4", "2", "3"}}, {integer_attribute("axis", 2)})), (Shape{8, 3}));
}

}  // namespace
}  // namespace rheo::onnx

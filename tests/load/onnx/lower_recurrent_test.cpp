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

OnnxSample lstm(const std::string& direction, std::vector<std::string> activations) {
  OnnxSample sample;
  const std::int64_t directions = direction == "bidirectional" ? 2 : 1;
  sample.input("x", ElementType::f32, {"5", "1", "3"});
  sample.constant("w", testing::random_tensor_of(DType::f32, {directions, 8, 3}, 1));
  sample.constant("r", testing::random_tensor_of(DType::f32, {directions, 8, 2}, 2));
  Attribute list;
  list.name = "activations";
  list.kind = Attribute::Kind::texts;
  list.texts = std::move(activations);
  sample.node("LSTM", {"x", "w", "r"}, {"y", "h"}, {testing::text_attribute("direction", direction), list});
  return sample.output("y").output("h");
}

TEST(OnnxRecurrent, PutsTheStepsFirst) {
  const auto graph = lstm("bidirectional", {}).graph();
  EXPECT_EQ(graph->value(graph->exits()[0].value).type.shape, (Shape{5, 2, 1, 2}));
  EXPECT_EQ(graph->value(graph->outputs()[0].value).type.shape, (Shape{2, 1, 2}));
}

TEST(OnnxRecurrent, TakesActivationsOfEachDirection) {
  const Names once = {"Sigmoid", "Tanh", "Relu"};
  const Names twice = {"Sigmoid", "Tanh", "Relu", "Sigmoid", "Tanh", "Relu"};
  EXPECT_TRUE(lstm("forward", once).refusal().ok());
  EXPECT_TRUE(lstm("bidirectional", twice).refusal().ok());
  EXPECT_EQ(lstm("bidirectional", once).refusal().code(), StatusCode::unsupported);
  EXPECT_EQ(lstm("forward", {"Affine", "Tanh", "Tanh"}).refusal().code(), StatusCode::unsupported);
}

}  // namespace
}  // namespace rheo::onnx

// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/graph_checks.h"
#include "support/onnx_sample.h"
#include "support/tensors.h"

namespace rheo::onnx {
namespace {

using testing::f32_of;
using testing::OnnxSample;

OnnxSample open_sequence() {
  return OnnxSample().input("x", ElementType::f32, {"batch", "sequence", "2"}).node("Relu", {"x"}, {"y"}).output("y");
}

TEST(OnnxInterface, KeepsTheBatchOpenAndFillsInWhatIsGiven) {
  const auto graph = open_sequence().graph({.dimensions = {{"sequence", 3}}});
  EXPECT_EQ(graph->value(graph->inputs()[0].value).type.shape, (Shape{kDynamic, 3, 2}));
  EXPECT_EQ(graph->exits()[0].name, "y");
}

TEST(OnnxInterface, AsksForSizesByName) {
  const Status status = open_sequence().refusal();
  EXPECT_EQ(status.code(), StatusCode::invalid_argument);
  EXPECT_NE(status.message().find("'sequence'"), std::string::npos) << status.message();
}

TEST(OnnxInterface, RefusesSizesAndBindingsThatNameNothing) {
  const Status dimension = open_sequence().refusal({.dimensions = {{"sequence", 3}, {"length", 4}}});
  EXPECT_EQ(dimension.code(), StatusCode::not_found);
  EXPECT_NE(dimension.message().find("'batch', 'sequence'"), std::string::npos) << dimension.message();
  EXPECT_EQ(open_sequence().refusal({.dimensions = {{"sequence", 0}}}).code(), StatusCode::invalid_argument);
  EXPECT_EQ(open_sequence().refusal({.dimensions = {{"sequence", 3}}, .bound = {{"rate", 1}}}).code(),
            StatusCode::not_found);
}

TEST(OnnxInterface, BindsAnInputToANumber) {
  OnnxSample sample;
  sample.input("x", ElementType::f32, {"2"}).input("factor", ElementType::f32, {"1"});
  sample.node("Mul", {"x", "factor"}, {"y"}).output("y");
  EXPECT_EQ(sample.graph({.bound = {{"factor", 3}}})->inputs().size(), 1U);
  EXPECT_TRUE(
      testing::is_identical(sample.answers({f32_of({2}, {1, 2})}, {.bound = {{"factor", 3}}})[0], f32_of({2}, {3, 6})));
}

TEST(OnnxInterface, AnswersWithSeveralOutputsAndWithInputsHandedThrough) {
  OnnxSample sample;
  sample.input("x", ElementType::f32, {"batch", "2"}).constant("c", f32_of({2}, {5, 6}));
  sample.node("Neg", {"x"}, {"y"}).node("Identity", {"x"}, {"z"}).output("y").output("z").output("c");
  const std::vector<Tensor> answers = sample.answers({f32_of({1, 2}, {1, 2})});
  ASSERT_EQ(answers.size(), 3U);
  EXPECT_TRUE(testing::is_identical(answers[0], f32_of({1, 2}, {-1, -2})));
  EXPECT_TRUE(testing::is_identical(answers[1], f32_of({1, 2}, {1, 2})));
  EXPECT_TRUE(testing::is_identical(answers[2], f32_of({2}, {5, 6})));
  EXPECT_EQ(sample.graph()->outputs()[0].name, "z");
}

TEST(OnnxInterface, ComputesHalfPrecisionInF32) {
  OnnxSample sample;
  sample.input("x", ElementType::f16, {"2"}).constant("c", testing::tensor_of(DType::f16, {2}, {1, 2}));
  sample.node("Add", {"x", "c"}, {"y"}).output("y");
  const Tensor answer = sample.answers({testing::tensor_of(DType::f16, {2}, {0.5, 0.25})})[0];
  EXPECT_TRUE(testing::is_identical(answer, f32_of({2}, {1.5, 2.25})));
}

TEST(OnnxInterface, NamesWhatItCannotTake) {
  OnnxSample strings;
  strings.input("x", ElementType::text, {"2"}).node("Identity", {"x"}, {"y"}).output("y");
  EXPECT_EQ(strings.refusal().code(), StatusCode::unsupported);
  OnnxSample nothing;
  nothing.input("x", ElementType::f32, {"2"}).node("Relu", {"x"}, {"y"});
  EXPECT_EQ(nothing.refusal().code(), StatusCode::bad_format);
  EXPECT_EQ(nothing.output("elsewhere").refusal().code(), StatusCode::bad_format);
}

OnnxSample three_outputs() {
  OnnxSample sample;
  sample.input("x", ElementType::f32, {"batch", "2"}).node("Neg", {"x"}, {"a"}).node("Relu", {"a"}, {"b"});
  return sample.node("Exp", {"b"}, {"c"}).output("a").output("b").output("c");
}

TEST(OnnxInterface, TakesExitsLabelsAndScalesFromTheCard) {
  OnnxSample sample = three_outputs();
  sample.card(R"({"version": 1, "exits": [{"name": "early", "output": 0}, {"name": "final", "output": 2}],
                  "inputs": [{"name": "x", "scale": 0.5, "offset": -1}], "labels": ["cat", "dog"]})");
  const auto graph = sample.graph();
  ASSERT_EQ(graph->exits().size(), 2U);
  EXPECT_EQ(graph->exits()[0].name, "early");
  EXPECT_EQ(graph->exits()[1].name, "final");
  EXPECT_EQ(graph->value(graph->exits()[1].value).name, "c");
  ASSERT_EQ(graph->outputs().size(), 1U);
  EXPECT_EQ(graph->outputs()[0].name, "b");
  EXPECT_EQ(graph->labels().size(), 2U);
  EXPECT_EQ(graph->inputs()[0].preprocessing.scale, 0.5);
  EXPECT_EQ(graph->inputs()[0].preprocessing.offset, -1);
}

TEST(OnnxInterface, RefusesACardThatDoesNotFitTheModel) {
  for (const auto* text : {R"({"version": 1, "exits": [{"name": "far", "output": 3}]})",
                           R"({"version": 1, "inputs": [{"name": "y"}]})", "no card"}) {
    const Status status = three_outputs().card(text).refusal();
    EXPECT_EQ(status.code(), StatusCode::bad_format) << text;
    EXPECT_NE(status.message().find("rheo.json"), std::string::npos) << status.message();
  }
}

}  // namespace
}  // namespace rheo::onnx

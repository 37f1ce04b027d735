// SPDX-License-Identifier: Apache-2.0
#include "load/onnx/translation.h"

#include <gtest/gtest.h>

#include "support/graph_checks.h"
#include "support/onnx_sample.h"
#include "support/tensors.h"

namespace rheo::onnx {
namespace {

using testing::f32_of;
using testing::integer_attribute;
using testing::OnnxSample;

// Reshape to [batch, 2, 3] by way of Shape, Gather, Unsqueeze and Concat, as exporters write it.
OnnxSample reshape_by_arithmetic() {
  OnnxSample sample;
  sample.input("x", ElementType::f32, {"batch", "6"}).constant("zero", Tensor::of<std::int64_t>({0}, Shape{}).value());
  sample.integers("axes", {0}).integers("rest", {2, -1});
  sample.node("Shape", {"x"}, {"shape"})
      .node("Gather", {"shape", "zero"}, {"size"})
      .node("Unsqueeze", {"size", "axes"}, {"sizes"})
      .node("Concat", {"sizes", "rest"}, {"target"}, {integer_attribute("axis", 0)})
      .node("Reshape", {"x", "target"}, {"y"})
      .output("y");
  return sample;
}

TEST(OnnxTranslation, LeavesNoShapeArithmeticAndTheBatchOpen) {
  const auto graph = reshape_by_arithmetic().graph();
  EXPECT_EQ(testing::kinds(*graph), std::vector<std::string>{"reshape"});
  EXPECT_EQ(graph->value(graph->exits()[0].value).type.shape, (Shape{kDynamic, 2, 3}));
}

TEST(OnnxTranslation, FoldsWhatDependsOnNoInput) {
  OnnxSample sample;
  sample.input("x", ElementType::f32, {"batch", "2"}).constant("a", f32_of({2}, {1, 2}));
  sample.node("Exp", {"a"}, {"b"}).node("Add", {"b", "a"}, {"c"}).node("Mul", {"x", "c"}, {"y"}).output("y");
  EXPECT_EQ(testing::kinds(*sample.graph()), std::vector<std::string>{"mul"});
}

TEST(OnnxTranslation, TakesAFixedBatchWhereTheModelMixesIt) {
  OnnxSample sample;
  sample.input("x", ElementType::f32, {"batch", "4", "3"}).integers("target", {-1, 3});
  sample.node("Reshape", {"x", "target"}, {"y"}).output("y");
  std::string told;
  const auto graph = import_graph(sample.model(), {}, [&](Severity, std::string_view text) { told = text; }).value();
  EXPECT_EQ(graph->value(graph->exits()[0].value).type.shape, (Shape{4, 3}));
  EXPECT_NE(told.find("fixed batch"), std::string::npos) << told;
  EXPECT_EQ(sample.graph({.batch = 5})->value(sample.graph({.batch = 5})->exits()[0].value).type.shape, (Shape{20, 3}));
}

TEST(OnnxTranslation, StretchesAKnownRowOverTheBatch) {
  OnnxSample sample;  // zeros [batch, 2], added to the input
  sample.input("x", ElementType::f32, {"batch", "2"});
  sample.node("Shape", {"x"}, {"shape"}).node("ConstantOfShape", {"shape"}, {"zeros"});
  sample.node("Add", {"x", "zeros"}, {"y"}).output("y");
  const Tensor x = f32_of({3, 2}, {1, 2, 3, 4, 5, 6});
  EXPECT_TRUE(testing::is_identical(sample.answers({x})[0], x));
}

TEST(OnnxTranslation, ListsEveryMissingOperatorOnce) {
  OnnxSample sample;
  sample.input("x", ElementType::f32, {"2"});
  sample.node("StringNormalizer", {"x"}, {"a"}).node("Relu", {"a"}, {"b"}).node("NonZero", {"b"}, {"c"});
  sample.node("NonZero", {"x"}, {"d"}).output("c");
  const Status status = sample.refusal();
  EXPECT_EQ(status.code(), StatusCode::unsupported);
  EXPECT_EQ(status.message(),
            "Rheo lacks 2 operators of this model: NonZero (node 'c' (NonZero), 'd' (NonZero)), StringNormalizer (node "
            "'a' (StringNormalizer)).");
}

TEST(OnnxTranslation, RefusesToComputeMoreThanItMay) {
  OnnxSample sample;
  sample.input("x", ElementType::f32, {"2"}).integers("large", {1 << 20, 1 << 20});
  sample.node("ConstantOfShape", {"large"}, {"a"}).node("Add", {"x", "a"}, {"y"}).output("y");
  EXPECT_EQ(sample.refusal().code(), StatusCode::limit_exceeded);
  LoadLimits small;
  small.computed_bytes = 100;
  OnnxSample many;
  many.input("x", ElementType::f32, {"2"}).constant("c", f32_of({20}, std::vector<double>(20, 1.0)));
  many.node("Neg", {"c"}, {"d"}).node("Neg", {"d"}, {"e"}).node("Identity", {"x"}, {"y"}).output("y");
  EXPECT_EQ(many.refusal({}, small).code(), StatusCode::limit_exceeded);
}

TEST(OnnxTranslation, RefusesOperatorSetsThatMeantSomethingElse) {
  const auto refusal = [](std::int64_t opset, const std::string& op) {
    OnnxSample sample(opset);
    return sample.input("x", ElementType::f32, {"batch", "2"}).node(op, {"x"}, {"y"}).output("y").refusal();
  };
  EXPECT_EQ(refusal(5, "Abs").message(),
            "Node 'y' (Abs) is of operator set 5 of ONNX, when it meant something else; convert the model to operator "
            "set 7 or newer, for instance with onnx.version_converter.");
  EXPECT_TRUE(refusal(6, "Abs").ok());
  EXPECT_TRUE(refusal(1, "Softplus").ok()) << "it never changed";
  EXPECT_TRUE(refusal(40, "Abs").ok()) << "newer ones than Rheo knows";
}

TEST(OnnxTranslation, NamesTheNodeThatDoesNotFit) {
  OnnxSample sample;
  sample.input("x", ElementType::f32, {"batch", "3"}).constant("w", f32_of({4, 2}, std::vector<double>(8, 1.0)));
  sample.node("MatMul", {"x", "w"}, {"y"}).output("y");
  EXPECT_NE(sample.refusal().message().find("'y' (MatMul)"), std::string::npos) << sample.refusal().message();
}

}  // namespace
}  // namespace rheo::onnx

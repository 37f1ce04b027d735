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

TEST(OnnxConstant, CountsUpAndDown) {
  OnnxSample sample;
  sample.input("x", ElementType::f32, {"1"});
  const auto number = [](double value) { return testing::tensor_of(DType::i64, {}, {value}); };
  sample.constant("start", number(7)).constant("limit", number(2)).constant("delta", number(-2));
  sample.node("Range", {"start", "limit", "delta"}, {"y"}).output("y");
  EXPECT_TRUE(
      testing::is_identical(sample.answers({f32_of({1}, {0})})[0], testing::tensor_of(DType::i64, {3}, {7, 5, 3})));
}

TEST(OnnxConstant, RefusesARangeWithoutEndOrBeyondMemory) {
  const auto code = [](double limit, double delta) {
    OnnxSample sample;
    sample.input("x", ElementType::f32, {"1"}).constant("start", f32_of({}, {0}));
    sample.constant("limit", f32_of({}, {limit})).constant("delta", f32_of({}, {delta}));
    return sample.node("Range", {"start", "limit", "delta"}, {"y"}).output("y").refusal().code();
  };
  EXPECT_EQ(code(1, 0), StatusCode::unsupported);
  EXPECT_EQ(code(1e30, 1), StatusCode::unsupported);
  EXPECT_EQ(code(1e12, 1), StatusCode::limit_exceeded);
}

Graph branch(const std::string& op) {
  Graph graph;
  graph.nodes.push_back({.op = op, .domain = {}, .name = {}, .inputs = {"x"}, .outputs = {"inner"}, .attributes = {}});
  graph.outputs.emplace_back().name = "inner";
  return graph;
}

OnnxSample branching() {
  OnnxSample sample;
  sample.input("x", ElementType::f32, {"batch", "2"}).input("rate", ElementType::i64, {});
  sample.constant("expected", testing::tensor_of(DType::i64, {}, {16000}));
  sample.node("Equal", {"rate", "expected"}, {"is_fast"});
  sample.node("If", {"is_fast"}, {"y"},
              {testing::graph_attribute("then_branch", branch("Neg")),
               testing::graph_attribute("else_branch", branch("Relu"))});
  return sample.output("y");
}

TEST(OnnxConstant, DecidesABranchByABoundInput) {
  EXPECT_EQ(testing::kinds(*branching().graph({.bound = {{"rate", 16000}}})), Names{"neg"});
  EXPECT_EQ(testing::kinds(*branching().graph({.bound = {{"rate", 8000}}})), Names{"relu"});
  EXPECT_NE(branching().refusal().message().find("bind the input"), std::string::npos);
}

TEST(OnnxConstant, CastsBetweenFloatsChangeNothing) {
  const auto cast = [](int to) { return one_operator("Cast", {{"batch", "2"}}, {integer_attribute("to", to)}); };
  EXPECT_EQ(ops_of(cast(static_cast<int>(ElementType::f64))), Names{"reshape"});  // an output of its own
  EXPECT_EQ(ops_of(cast(static_cast<int>(ElementType::i64))), Names{"cast"});
  EXPECT_EQ(cast(static_cast<int>(ElementType::text)).refusal().code(), StatusCode::unsupported);
}

// Dropout of x [2] that trains, or not, with a ratio and a mask; the mask has no name where it is not wanted.
OnnxSample dropout(double ratio, bool trains, const std::string& mask, std::int64_t opset = 17) {
  OnnxSample sample(opset);
  sample.input("x", ElementType::f32, {"batch", "2"}).constant("ratio", f32_of({}, {ratio}));
  sample.constant("trains", testing::tensor_of(DType::boolean, {}, {trains ? 1.0 : 0.0}));
  sample.node("Dropout", {"x", "ratio", "trains"}, {"y", mask}).output("y");
  if (!mask.empty()) sample.output(mask);
  return sample;
}

TEST(OnnxConstant, RefusesDropoutThatTrains) {
  EXPECT_EQ(dropout(0.5, true, "").refusal().code(), StatusCode::unsupported);
  EXPECT_TRUE(dropout(0, true, "").refusal().ok()) << "it drops nothing";
}

TEST(OnnxConstant, DropoutThatDropsNothingKeepsEveryElement) {
  const Tensor x = f32_of({1, 2}, {3, -1});
  const std::vector<Tensor> answers = dropout(0.5, false, "mask").answers({x}, {.batch = 1});
  EXPECT_TRUE(testing::is_identical(answers[0], x));
  EXPECT_TRUE(testing::is_identical(answers[1], testing::tensor_of(DType::boolean, {1, 2}, {1, 1})));
  EXPECT_TRUE(
      testing::is_identical(dropout(0.5, false, "mask", 9).answers({x}, {.batch = 1})[1], f32_of({1, 2}, {1, 1})));
}

TEST(OnnxConstant, ADiagonalOfWideFloatsIsOneOfF32) {
  OnnxSample sample;
  sample.input("x", ElementType::i32, {"2", "2"});
  sample.node("EyeLike", {"x"}, {"y"}, {integer_attribute("dtype", static_cast<int>(ElementType::f64))}).output("y");
  EXPECT_TRUE(testing::is_identical(sample.answers({testing::tensor_of(DType::i32, {2, 2}, {0, 0, 0, 0})})[0],
                                    f32_of({2, 2}, {1, 0, 0, 1})));
}

TEST(OnnxConstant, ATypeBeyondAllNumbersOfTypesIsNotItsLowerHalf) {
  const auto cast = [](std::int64_t type) {
    return one_operator("Cast", {{"2"}}, {integer_attribute("to", type)}).refusal();
  };
  EXPECT_TRUE(cast(7).ok());
  EXPECT_EQ(cast((std::int64_t{1} << 32) + 7).code(), StatusCode::unsupported);
}

}  // namespace
}  // namespace rheo::onnx

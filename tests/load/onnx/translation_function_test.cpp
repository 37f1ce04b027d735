// SPDX-License-Identifier: Apache-2.0
// Functions of the model's own, inlined.
#include <gtest/gtest.h>

#include <set>
#include <span>

#include "load/onnx/translation.h"
#include "support/graph_checks.h"
#include "support/onnx_sample.h"
#include "support/tensors.h"

namespace rheo::onnx {
namespace {

using testing::f32_of;
using testing::OnnxSample;
using testing::parameter_attribute;
using testing::real_attribute;
using Kind = Attribute::Kind;

Node node(std::string op, std::vector<std::string> inputs, std::vector<std::string> outputs,
          std::vector<Attribute> attributes = {}, std::string domain = "") {
  Node node;
  node.op = std::move(op);
  node.domain = std::move(domain);
  node.inputs = std::move(inputs);
  node.outputs = std::move(outputs);
  node.attributes = std::move(attributes);
  return node;
}

Function function(std::string name, std::vector<std::string> inputs, std::vector<std::string> outputs,
                  std::vector<Node> nodes) {
  Function function;
  function.domain = "own";
  function.name = std::move(name);
  function.inputs = std::move(inputs);
  function.outputs = std::move(outputs);
  function.nodes = std::move(nodes);
  return function;
}

// leaky(x) = LeakyRelu of the slope that the call gives.
Function leaky() {
  Function leaky = function("Leaky", {"a"}, {"b"},
                            {node("LeakyRelu", {"a"}, {"b"}, {parameter_attribute("alpha", "slope", Kind::real)})});
  leaky.attributes = {"slope"};
  return leaky;
}

OnnxSample with_input() {
  OnnxSample sample;
  sample.input("x", ElementType::f32, {"batch", "2"});
  return sample;
}

const Tensor kX = f32_of({1, 2}, {-2, 3});

TEST(OnnxFunction, IsInlinedWithItsParameters) {
  OnnxSample sample = with_input();
  sample.function(leaky());
  sample.call("Leaky", {"x"}, {"y"}, {real_attribute("slope", 0.5F)});
  sample.call("Leaky", {"y"}, {"z"}, {real_attribute("slope", 0.25F)}).output("z");
  EXPECT_EQ(testing::kinds(*sample.graph()), (std::vector<std::string>{"leaky_relu", "leaky_relu"}));
  EXPECT_EQ(testing::values_of(sample.answers({kX})[0]), (std::vector<double>{-0.25, 3}));
}

TEST(OnnxFunction, FallsBackToDefaults) {
  OnnxSample plain = with_input();
  plain.function(leaky()).call("Leaky", {"x"}, {"y"}).output("y");
  EXPECT_TRUE(testing::is_close(plain.answers({kX})[0], f32_of({1, 2}, {-0.02, 3}))) << "the operator's own default";
  Function own = leaky();
  own.attributes.clear();
  own.defaults = {real_attribute("slope", 2)};
  OnnxSample sample = with_input();
  sample.function(own).call("Leaky", {"x"}, {"y"}).output("y");
  EXPECT_EQ(testing::values_of(sample.answers({kX})[0]), (std::vector<double>{-4, 3}));
}

// The inner call's parameter is a parameter of the outer function.
TEST(OnnxFunction, HandsParametersOn) {
  OnnxSample sample = with_input();
  sample.function(leaky()).function(
      function("Outer", {"p"}, {"q"},
               {node("Leaky", {"p"}, {"r"}, {parameter_attribute("slope", "by", Kind::real)}, "own"),
                node("Neg", {"r"}, {"q"})}));
  sample.call("Outer", {"x"}, {"y"}, {real_attribute("by", 3)}).output("y");
  EXPECT_EQ(testing::values_of(sample.answers({kX})[0]), (std::vector<double>{6, -3}));
}

TEST(OnnxFunction, TakesConstantsOfParametersAndWeightsOfTheCaller) {
  OnnxSample sample = with_input();
  sample.function(function("Scaled", {"a", "w"}, {"b"},
                           {node("Constant", {}, {"c"}, {parameter_attribute("value_float", "by", Kind::real)}),
                            node("Mul", {"a", "w"}, {"aw"}), node("Mul", {"aw", "c"}, {"b"})}));
  sample.constant("weight", f32_of({2}, {1, 10}));
  sample.call("Scaled", {"x", "weight"}, {"y"}, {real_attribute("by", 2)}).output("y");
  EXPECT_EQ(testing::values_of(sample.answers({kX})[0]), (std::vector<double>{-4, 60}));
}

TEST(OnnxFunction, SeesItsInputsAlone) {
  OnnxSample sample = with_input();
  sample.function(function("Two", {"a", "b"}, {"c"}, {node("Clip", {"a", "b"}, {"c"})}));
  sample.constant("b", f32_of({}, {100}));  // not what the function calls b
  sample.call("Two", {"x"}, {"y"}).output("y");
  EXPECT_EQ(testing::values_of(sample.answers({kX})[0]), (std::vector<double>{-2, 3}));
}

// Before 13 a softmax is over all that follows its axis.
TEST(OnnxFunction, HasOperatorsOfItsOwnVersion) {
  for (const std::int64_t version : {11, 13}) {
    OnnxSample sample;
    sample.input("x", ElementType::f32, {"1", "1", "2"});
    Function old = function("Old", {"a"}, {"b"}, {node("Softmax", {"a"}, {"b"})});
    old.operator_sets = {{"", version}};
    sample.function(old).call("Old", {"x"}, {"y"}).output("y");
    EXPECT_EQ(sample.graph()->nodes().size(), version == 11 ? 3U : 1U) << version;
  }
}

TEST(OnnxFunction, GoesBeforeAnOperatorOfItsName) {
  OnnxSample sample = with_input();
  Function relu = function("Relu", {"a"}, {"b"}, {node("Neg", {"a"}, {"b"})});
  relu.domain.clear();
  sample.function(relu).node("Relu", {"x"}, {"y"}).output("y");
  EXPECT_EQ(testing::kinds(*sample.graph()), std::vector<std::string>{"neg"});
}

TEST(OnnxFunction, ThatCallsItselfIsRefused) {
  OnnxSample sample = with_input();
  sample.function(function("Ping", {"a"}, {"b"}, {node("Pong", {"a"}, {"b"}, {}, "own")}));
  sample.function(function("Pong", {"a"}, {"b"}, {node("Ping", {"a"}, {"b"}, {}, "own")}));
  sample.call("Ping", {"x"}, {"y"}).output("y");
  const Status refused = sample.refusal();
  EXPECT_EQ(refused.code(), StatusCode::bad_format);
  EXPECT_NE(refused.message().find("'Ping' calls itself"), std::string::npos) << refused.message();
}

// Each calls the one before twice: 2^n nodes from n.
OnnxSample doubling(int depth) {
  OnnxSample sample = with_input();
  sample.function(function("F0", {"a"}, {"b"}, {node("Neg", {"a"}, {"b"})}));
  for (int i = 1; i < depth; ++i) {
    const std::string before = "F" + std::to_string(i - 1);
    sample.function(function("F" + std::to_string(i), {"a"}, {"b"},
                             {node(before, {"a"}, {"m"}, {}, "own"), node(before, {"m"}, {"b"}, {}, "own")}));
  }
  sample.call("F" + std::to_string(depth - 1), {"x"}, {"y"}).output("y");
  return sample;
}

TEST(OnnxFunction, GrowsNoFurtherThanTheLimits) {
  EXPECT_TRUE(doubling(4).refusal().ok());
  EXPECT_EQ(doubling(17).refusal().code(), StatusCode::limit_exceeded);
  LoadLimits limits;
  limits.nodes = 22;  // 8 negations, and 14 calls in functions
  EXPECT_TRUE(doubling(4).refusal({}, limits).ok());
  limits.nodes = 21;
  const Status refused = doubling(4).refusal({}, limits);
  EXPECT_EQ(refused.code(), StatusCode::limit_exceeded);
  EXPECT_NE(refused.message().find("21 nodes"), std::string::npos) << refused.message();
  limits = {};
  limits.values = 20;
  EXPECT_EQ(doubling(4).refusal({}, limits).code(), StatusCode::limit_exceeded);
  limits = {};
  limits.attributes_per_node = 1;
  OnnxSample sample = with_input();
  Function many = leaky();
  many.defaults = {real_attribute("slope", 2), real_attribute("other", 2)};
  sample.function(many).call("Leaky", {"x"}, {"y"}).output("y");
  EXPECT_EQ(sample.refusal({}, limits).code(), StatusCode::limit_exceeded);
}

TEST(OnnxFunction, IsCalledAsItIsDeclared) {
  OnnxSample more = with_input();
  more.function(leaky()).call("Leaky", {"x", "x"}, {"y"}).output("y");
  EXPECT_EQ(more.refusal().code(), StatusCode::bad_format);
  OnnxSample outputs = with_input();
  outputs.function(leaky()).call("Leaky", {"x"}, {"y", "z"}).output("y");
  EXPECT_EQ(outputs.refusal().code(), StatusCode::bad_format);
  OnnxSample graph = with_input();
  graph.function(leaky()).call("Leaky", {"x"}, {"y"}, {testing::graph_attribute("body", {})}).output("y");
  EXPECT_EQ(graph.refusal().code(), StatusCode::unsupported);
}

TEST(OnnxFunction, NamesWhatItLacks) {
  OnnxSample sample = with_input();
  sample.function(function("F", {"a"}, {"b"}, {node("Nonsense", {"a"}, {"b"})})).call("F", {"x"}, {"y"}).output("y");
  const Status refused = sample.refusal();
  EXPECT_EQ(refused.code(), StatusCode::unsupported);
  EXPECT_NE(refused.message().find("Nonsense"), std::string::npos) << refused.message();
}

// Addresses of the elements of all constants.
std::set<const void*> constants_of(const rheo::Graph& graph) {
  std::set<const void*> addresses;
  for (const Value& value : graph.values()) {
    if (value.is_constant()) addresses.insert(value.constant.data());
  }
  return addresses;
}

// Elements that lie at an odd address, or that are no floats of 32 bits, are copied: once, not at every call. Fifteen
// functions that each call the one before twice would need 32768 copies.
TEST(OnnxFunction, ConstantsAreMadeOnceHoweverOftenTheyAreInlined) {
  const double wide[] = {1, 2};
  Attribute tensor;
  tensor.name = "value";
  tensor.kind = Kind::tensor;
  tensor.tensor = {
      .name = "c", .type = ElementType::f64, .shape = {2}, .bytes = std::as_bytes(std::span(wide)), .owner = nullptr};
  Attribute list;
  list.name = "value_floats";
  list.kind = Kind::reals;
  list.reals = {1, 2};
  for (const Attribute& value : {tensor, list}) {
    OnnxSample sample = with_input();
    sample.function(
        function("F0", {"a"}, {"b"}, {node("Constant", {}, {"c"}, {value}), node("Add", {"a", "c"}, {"b"})}));
    sample.function(
        function("F1", {"a"}, {"b"}, {node("F0", {"a"}, {"m"}, {}, "own"), node("F0", {"m"}, {"b"}, {}, "own")}));
    sample.call("F1", {"x"}, {"y"}).call("F1", {"y"}, {"z"}).output("z");
    EXPECT_EQ(testing::count_kind(*sample.graph(), OpKind::add), 4);
    EXPECT_EQ(constants_of(*sample.graph()).size(), 1U) << value.name;
    EXPECT_EQ(testing::values_of(sample.answers({kX})[0]), (std::vector<double>{2, 11}));
  }
}

}  // namespace
}  // namespace rheo::onnx

// SPDX-License-Identifier: Apache-2.0
#include "load/onnx/value_names.h"

#include <gtest/gtest.h>

#include <memory>

namespace rheo::onnx {
namespace {

using Names = std::vector<std::string>;

Node node(const Names& inputs, const Names& outputs) {
  Node made;
  made.op = "Op";
  made.inputs = inputs;
  made.outputs = outputs;
  return made;
}

Graph graph(const Names& inputs, const Names& initializers, std::vector<Node> nodes, const Names& outputs) {
  Graph made;
  made.nodes = std::move(nodes);
  for (const std::string& name : inputs) made.inputs.emplace_back().name = name;
  for (const std::string& name : initializers) made.initializers.emplace_back().name = name;
  for (const std::string& name : outputs) made.outputs.emplace_back().name = name;
  return made;
}

Node with_body(Node made, Graph body) {
  Attribute& attribute = made.attributes.emplace_back();
  attribute.name = "body";
  attribute.kind = Attribute::Kind::graph;
  attribute.graph = std::make_shared<const Graph>(std::move(body));
  return made;
}

bool holds(const Graph& made) {
  const Status status = check_value_names(made);
  EXPECT_TRUE(status.ok() || status.code() == StatusCode::bad_format);
  return status.ok();
}

TEST(ValueNames, HoldInAnOrderOfComputing) {
  EXPECT_TRUE(holds(graph({"x"}, {"w"}, {node({"x", "w"}, {"y"}), node({"y", ""}, {"z", ""})}, {"z"})));
  EXPECT_TRUE(holds(graph({"x", "w"}, {"w"}, {node({"x", "w"}, {"y"})}, {"y", "x", "w"})));
  EXPECT_TRUE(holds(graph({}, {}, {}, {})));
}

TEST(ValueNames, AreMadeBeforeTheyAreUsed) {
  EXPECT_FALSE(holds(graph({"x"}, {}, {node({"y"}, {"z"}), node({"x"}, {"y"})}, {"z"})));
  EXPECT_FALSE(holds(graph({"x"}, {}, {node({"y"}, {"y"})}, {"y"})));
  EXPECT_FALSE(holds(graph({}, {}, {node({"x"}, {"y"})}, {"y"})));
  EXPECT_FALSE(holds(graph({"x"}, {}, {}, {"y"})));
}

TEST(ValueNames, AreMadeOnce) {
  EXPECT_FALSE(holds(graph({"x", "x"}, {}, {}, {"x"})));
  EXPECT_FALSE(holds(graph({}, {"w", "w"}, {}, {"w"})));
  EXPECT_FALSE(holds(graph({"x"}, {}, {node({}, {"x"})}, {"x"})));
  EXPECT_FALSE(holds(graph({}, {"w"}, {node({}, {"w"})}, {"w"})));
  EXPECT_FALSE(holds(graph({}, {}, {node({}, {"y"}), node({}, {"y"})}, {"y"})));
  EXPECT_FALSE(holds(graph({}, {}, {node({}, {"y", "y"})}, {"y"})));
  EXPECT_FALSE(holds(graph({"x"}, {}, {}, {"x", "x"})));
}

TEST(ValueNames, OfOuterGraphsAreSeenInside) {
  const Graph body = graph({"i"}, {}, {node({"x", "i"}, {"b"})}, {"b"});
  EXPECT_TRUE(holds(graph({"x"}, {}, {with_body(node({}, {"y"}), body)}, {"y"})));
  EXPECT_FALSE(holds(graph({}, {}, {with_body(node({}, {"y"}), body)}, {"y"})));
  // Made later, by the node itself, or in another body: not seen.
  EXPECT_FALSE(holds(graph({}, {}, {with_body(node({}, {"y"}), body), node({}, {"x"})}, {"y"})));
  EXPECT_FALSE(holds(graph({}, {}, {with_body(node({}, {"x"}), body)}, {"x"})));
  const Graph other = graph({}, {}, {node({}, {"x"})}, {"x"});
  EXPECT_FALSE(holds(graph({}, {}, {with_body(with_body(node({}, {"y"}), other), body)}, {"y"})));
  EXPECT_FALSE(holds(graph({}, {}, {with_body(node({}, {"y"}), other), node({"x"}, {"z"})}, {"z"})));
}

TEST(ValueNames, OfInnerGraphsMayHideOuterOnes) {
  const Graph body = graph({"x"}, {"w"}, {node({"x"}, {"y"})}, {"y", "w"});
  EXPECT_TRUE(holds(graph({"x", "w"}, {}, {with_body(node({}, {"y"}), body)}, {"y"})));
}

TEST(ValueNames, OfBodiesMayBeOutputsFromOutside) {
  EXPECT_TRUE(holds(graph({"x"}, {}, {with_body(node({}, {"y"}), graph({}, {}, {}, {"x"}))}, {"y"})));
}

TEST(ValueNames, OfFunctionsStandAlone) {
  Function function;
  function.inputs = {"a"};
  function.outputs = {"b"};
  function.nodes = {with_body(node({"a"}, {"b"}), graph({}, {}, {node({"a"}, {"c"})}, {"c"}))};
  EXPECT_TRUE(check_value_names(function).ok());
  function.outputs = {"c"};
  EXPECT_FALSE(check_value_names(function).ok());
  function.outputs = {"b"};
  function.inputs = {"a", "a"};
  EXPECT_FALSE(check_value_names(function).ok());
  function.inputs = {};
  EXPECT_FALSE(check_value_names(function).ok());
}

TEST(ValueNames, AreToldWithTheirNode) {
  const Status status = check_value_names(graph({}, {}, {node({}, {"a"}), node({"lost"}, {"b"})}, {}));
  for (const char* part : {"lost", "node 1", "Op"}) {
    EXPECT_NE(status.message().find(part), std::string::npos) << status.message();
  }
}

}  // namespace
}  // namespace rheo::onnx

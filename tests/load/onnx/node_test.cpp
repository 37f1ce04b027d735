// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "load/onnx/parse.h"

namespace rheo::onnx {
namespace {

using testing::onnx_attribute;
using testing::onnx_node;
using testing::WireWriter;

TEST(Node, ReadsItsParts) {
  const auto node = node_from(
      onnx_node("Clip", {"x", "", "max"}, {"y", ""}, {onnx_attribute("k", std::int64_t{1})}, "org.x").text(3, "n"));
  ASSERT_TRUE(node.ok()) << node.status().message();
  EXPECT_EQ(node->op, "Clip");
  EXPECT_EQ(node->domain, "org.x");
  EXPECT_EQ(node->name, "n");
  EXPECT_EQ(node->inputs, (std::vector<std::string>{"x", "", "max"}));
  EXPECT_EQ(node->outputs, (std::vector<std::string>{"y", ""}));
  ASSERT_NE(node->find("k"), nullptr);
  EXPECT_EQ(node->find("k")->integer, 1);
  EXPECT_EQ(node->find("other"), nullptr);
}

TEST(Node, KnowsTheOperatorsOfOnnxByOneName) {
  EXPECT_EQ(node_from(onnx_node("Relu", {}, {}, {}, "ai.onnx"))->domain, "");
  EXPECT_EQ(node_from(onnx_node("Relu", {}, {}, {}, "ai.onnx.ml"))->domain, "ai.onnx.ml");
}

TEST(Node, RefusesBrokenParts) {
  EXPECT_EQ(node_from(WireWriter().text(1, "x")).status().code(), StatusCode::bad_format);
  EXPECT_EQ(node_from(onnx_node("", {}, {})).status().code(), StatusCode::bad_format);
  EXPECT_EQ(node_from(onnx_node("Relu", {"\xff"}, {})).status().code(), StatusCode::bad_format);
  EXPECT_EQ(node_from(onnx_node("Relu", {}, {std::string("y\0", 2)})).status().code(), StatusCode::bad_format);
  EXPECT_EQ(node_from(onnx_node("Relu", {}, {}).integer(1, 1)).status().code(), StatusCode::bad_format);
  EXPECT_EQ(node_from(onnx_node("F", {}, {}).text(8, "second")).status().code(), StatusCode::unsupported);
}

TEST(Node, RefusesAnAttributeGivenTwice) {
  const WireWriter a = onnx_attribute("axis", std::int64_t{1});
  const WireWriter b = onnx_attribute("axes", std::int64_t{1});
  EXPECT_TRUE(node_from(onnx_node("Concat", {}, {}, {a, b})).ok());
  const Status status = node_from(onnx_node("Concat", {}, {}, {a, b, a}).text(3, "join")).status();
  EXPECT_EQ(status.code(), StatusCode::bad_format);
  EXPECT_NE(status.message().find("'axis'"), std::string::npos) << status.message();
  EXPECT_NE(status.message().find("join"), std::string::npos) << status.message();
}

TEST(Node, SaysWhichAttributeIsBroken) {
  const WireWriter broken = WireWriter().text(1, "axis").integer(20, 99);
  const Status status = node_from(onnx_node("Concat", {}, {}, {broken})).status();
  EXPECT_NE(status.message().find("attribute axis"), std::string::npos) << status.message();
}

TEST(Node, HoldsTheLimits) {
  LoadLimits limits;
  limits.attributes_per_node = 2;
  std::vector<WireWriter> attributes;
  for (const char* name : {"a", "b", "c"}) attributes.push_back(onnx_attribute(name, std::int64_t{1}));
  EXPECT_EQ(node_from(onnx_node("Op", {}, {}, attributes), limits).status().code(), StatusCode::limit_exceeded);
  attributes.pop_back();
  EXPECT_TRUE(node_from(onnx_node("Op", {}, {}, attributes), limits).ok());
  limits.values = 1;
  EXPECT_EQ(node_from(onnx_node("Op", {}, {"a", "b"}), limits).status().code(), StatusCode::limit_exceeded);
}

// An absent input is two bytes of the file and a string of 32 in memory: too many are refused before they are made.
TEST(Node, RefusesToGrowFarBeyondItsFile) {
  const WireWriter node = onnx_node("Op", testing::Names(4'000'000), {});
  EXPECT_EQ(node_from(node).status().code(), StatusCode::limit_exceeded);
}

}  // namespace
}  // namespace rheo::onnx

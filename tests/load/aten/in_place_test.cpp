// SPDX-License-Identifier: Apache-2.0
#include "load/aten/in_place.h"

#include <gtest/gtest.h>

#include "support/aten_sample.h"

namespace rheo::aten {
namespace {

using testing::value_named;

Node unary(const std::string& target, const std::string& from, const std::string& to) {
  return {target, {{"self", value_named(from)}}, {to}, to, {}};
}

Node binary(const std::string& target, const std::string& a, const std::string& b, const std::string& to) {
  return {target, {{"self", value_named(a)}, {"other", value_named(b)}}, {to}, to, {}};
}

std::string read_by(const Node& node, std::size_t index) { return node.arguments[index].second.as<ValueName>()->name; }

Status rewritten(std::vector<Node>& nodes, std::vector<std::string> outputs) {
  return make_functional(nodes, outputs, {"w"});
}

TEST(AtenInPlace, LaterReadersSeeTheResult) {
  std::vector<Node> nodes = {unary("aten.neg.default", "x", "a"), unary("aten.relu_.default", "a", "b"),
                             binary("aten.add_.Tensor", "a", "x", "c"), binary("aten.mul.Tensor", "a", "b", "y")};
  ASSERT_TRUE(rewritten(nodes, {"y"}).ok());
  EXPECT_EQ(nodes[1].target, "aten.relu.default");
  EXPECT_EQ(nodes[2].target, "aten.add.Tensor");
  EXPECT_EQ(read_by(nodes[2], 0), "b");
  EXPECT_EQ(read_by(nodes[3], 0), "c");
  EXPECT_EQ(read_by(nodes[3], 1), "c");
}

TEST(AtenInPlace, ATargetNeedNotNameItsOverload) {
  std::vector<Node> nodes = {unary("aten.neg.default", "x", "a"), unary("aten.sigmoid_", "a", "b")};
  ASSERT_TRUE(rewritten(nodes, {"b"}).ok());
  EXPECT_EQ(nodes[1].target, "aten.sigmoid");
}

// dropout_(self, p, train), but dropout(input, p, train).
TEST(AtenInPlace, ArgumentsHaveTheNamesOfTheOtherForm) {
  std::vector<Node> nodes = {unary("aten.neg.default", "x", "a"), unary("aten.dropout_.default", "a", "b"),
                             unary("aten.relu_.default", "b", "c")};
  ASSERT_TRUE(rewritten(nodes, {"c"}).ok());
  EXPECT_EQ(nodes[1].arguments[0].first, "input");
  EXPECT_EQ(nodes[2].arguments[0].first, "self");
}

TEST(AtenInPlace, OutputsAreRenamedToo) {
  std::vector<Node> nodes = {unary("aten.neg.default", "x", "a"), unary("aten.relu_.default", "a", "b")};
  std::vector<std::string> outputs = {"a"};
  ASSERT_TRUE(make_functional(nodes, outputs, {}).ok());
  EXPECT_EQ(outputs[0], "b");
}

TEST(AtenInPlace, RefusesViewsThatAreReadLater) {
  std::vector<Node> view = {unary("aten.neg.default", "x", "a"), unary("aten.detach.default", "a", "v"),
                            unary("aten.relu_.default", "v", "r"), binary("aten.add.Tensor", "a", "r", "y")};
  const Status status = rewritten(view, {"y"});
  EXPECT_EQ(status.code(), StatusCode::unsupported);
  EXPECT_NE(status.message().find("'a' shows"), std::string::npos) << status.message();
  std::vector<Node> base = {unary("aten.neg.default", "x", "a"), unary("aten.view.default", "a", "v"),
                            unary("aten.relu_.default", "a", "r"), binary("aten.add.Tensor", "v", "r", "y")};
  EXPECT_FALSE(rewritten(base, {"y"}).ok());
  std::vector<Node> given_out = {unary("aten.neg.default", "x", "a"), unary("aten.view.default", "a", "v"),
                                 unary("aten.relu_.default", "a", "r")};
  EXPECT_FALSE(rewritten(given_out, {"r", "v"}).ok());
}

TEST(AtenInPlace, TakesAViewThatIsAllThereIsLeft) {
  std::vector<Node> nodes = {unary("aten.neg.default", "x", "a"), unary("aten.view.default", "a", "v"),
                             unary("aten.relu_.default", "v", "r"), unary("aten.neg.default", "v", "y")};
  ASSERT_TRUE(rewritten(nodes, {"y"}).ok());
  EXPECT_EQ(read_by(nodes[3], 0), "r");
}

TEST(AtenInPlace, RefusesToChangeWeights) {
  std::vector<Node> nodes = {unary("aten.detach.default", "w", "v"), unary("aten.relu_.default", "v", "y")};
  EXPECT_EQ(rewritten(nodes, {"y"}).code(), StatusCode::unsupported);
}

TEST(AtenInPlace, ForgetsResultsThatNobodyReads) {
  std::vector<Node> nodes = {{"aten.topk.default", {{"self", value_named("x")}}, {"values", "places"}, "topk", {}}};
  ASSERT_TRUE(rewritten(nodes, {"values"}).ok());
  EXPECT_EQ(nodes[0].outputs, (std::vector<std::string>{"values", ""}));
}

TEST(AtenInPlace, IsToldByTheName) {
  EXPECT_TRUE(is_in_place("aten.relu_.default"));
  EXPECT_FALSE(is_in_place("aten.relu.default"));
  EXPECT_FALSE(is_in_place("aten.__and__.Tensor"));
  EXPECT_FALSE(is_in_place("mine.relu_.default"));
}

}  // namespace
}  // namespace rheo::aten

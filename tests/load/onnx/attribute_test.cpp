// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "load/onnx/parse.h"

namespace rheo::onnx {
namespace {

using testing::onnx_attribute;
using testing::OnnxGraph;
using testing::WireWriter;
using Kind = Attribute::Kind;
using Integers = std::vector<std::int64_t>;
using Reals = std::vector<float>;

WireWriter typed(std::int64_t type) { return WireWriter().text(1, "a").integer(20, type); }

StatusCode code_for(const WireWriter& message, const Place& place = {}) {
  return attribute_from(message, place).status().code();
}

TEST(Attribute, ReadsEveryKind) {
  EXPECT_EQ(attribute_from(onnx_attribute("a", 0.5F))->real, 0.5F);
  EXPECT_EQ(attribute_from(onnx_attribute("a", std::int64_t{-3}))->integer, -3);
  EXPECT_EQ(attribute_from(onnx_attribute("a", std::string_view("\xff\0x", 3)))->text, std::string("\xff\0x", 3));
  EXPECT_EQ(attribute_from(onnx_attribute("a", Integers{1, -2}))->integers, (Integers{1, -2}));
  EXPECT_EQ(attribute_from(onnx_attribute("a", Reals{1, 2}))->reals, (Reals{1, 2}));
  const auto texts = attribute_from(typed(8).text(9, "one").text(9, ""));
  EXPECT_EQ(texts->texts, (std::vector<std::string>{"one", ""}));
  EXPECT_EQ(texts->kind, Kind::texts);
  const auto tensor = attribute_from(testing::onnx_tensor_attribute("a", testing::onnx_floats("", {1}, {2})));
  EXPECT_EQ(tensor->kind, Kind::tensor);
  EXPECT_EQ(tensor->tensor.bytes.size(), 4U);
  OnnxGraph graph;
  graph.text(2, "body");
  EXPECT_EQ(attribute_from(testing::onnx_graph_attribute("a", graph))->graph->name, "body");
}

TEST(Attribute, ReadsPackedLists) {
  EXPECT_EQ(attribute_from(typed(7).packed(8, {1, 2}).integer(8, 3))->integers, (Integers{1, 2, 3}));
  EXPECT_EQ(attribute_from(typed(6).packed_reals(7, {1, 2}).real(7, 3))->reals, (Reals{1, 2, 3}));
  EXPECT_EQ(attribute_from(typed(7))->integers, Integers());  // an empty list has no field at all
}

TEST(Attribute, TakesTheLastOfSeveralScalars) {
  EXPECT_EQ(attribute_from(typed(2).integer(3, 1).integer(3, 2))->integer, 2);
}

TEST(Attribute, InfersAMissingType) {
  EXPECT_EQ(attribute_from(WireWriter().text(1, "a").integer(3, 4))->kind, Kind::integer);
  EXPECT_EQ(attribute_from(WireWriter().text(1, "a").real(7, 4))->kind, Kind::reals);
  EXPECT_EQ(code_for(WireWriter().text(1, "a")), StatusCode::bad_format);
  EXPECT_EQ(code_for(WireWriter().text(1, "a").integer(3, 1).real(2, 1)), StatusCode::bad_format);
}

TEST(Attribute, RefusesAValueOfAnotherType) {
  EXPECT_EQ(code_for(typed(1).integer(3, 1)), StatusCode::bad_format);
  EXPECT_EQ(code_for(typed(1).real(2, 1).integer(8, 1)), StatusCode::bad_format);
  EXPECT_EQ(code_for(typed(9).integer(3, 1)), StatusCode::bad_format);
  EXPECT_EQ(code_for(typed(15)), StatusCode::bad_format);
  EXPECT_EQ(code_for(typed(-1)), StatusCode::bad_format);
  EXPECT_EQ(code_for(typed(2).text(3, "x")), StatusCode::bad_format);
}

TEST(Attribute, KeepsOtherKindsUnread) {
  for (const auto& [type, field] : {std::pair{9, 10U}, std::pair{10, 11U}, std::pair{11, 22U}, std::pair{12, 23U},
                                    std::pair{13, 14U}, std::pair{14, 15U}}) {
    const auto attribute = attribute_from(typed(type).text(field, "anything"));
    ASSERT_TRUE(attribute.ok()) << attribute.status().message();
    EXPECT_EQ(attribute->kind, Kind::other);
  }
}

TEST(Attribute, RefusesMissingAndDoubledParts) {
  EXPECT_EQ(code_for(WireWriter().integer(20, 2).integer(3, 1)), StatusCode::bad_format);  // no name
  EXPECT_EQ(code_for(typed(4)), StatusCode::bad_format);
  EXPECT_EQ(code_for(typed(5)), StatusCode::bad_format);
  EXPECT_EQ(code_for(typed(5).message(6, OnnxGraph()).message(6, OnnxGraph())), StatusCode::bad_format);
  const WireWriter tensor = testing::onnx_floats("", {1}, {2});
  EXPECT_EQ(code_for(typed(4).message(5, tensor).message(5, tensor)), StatusCode::bad_format);
}

TEST(Attribute, RefersToParametersInFunctionsOnly) {
  const WireWriter reference = typed(1).text(21, "alpha");
  const Place inside{1, true};
  EXPECT_EQ(attribute_from(reference, inside)->parameter, "alpha");
  EXPECT_EQ(attribute_from(reference, inside)->kind, Kind::real);
  EXPECT_EQ(attribute_from(typed(4).text(21, "t"), inside)->kind, Kind::tensor);
  EXPECT_EQ(code_for(reference), StatusCode::bad_format);
  EXPECT_EQ(code_for(typed(1).text(21, "alpha").real(2, 1), inside), StatusCode::bad_format);
}

TEST(Attribute, HoldsTheLimits) {
  LoadLimits limits;
  limits.integers_per_attribute = 2;
  limits.text_bytes = 3;
  const auto code = [&](const WireWriter& message) { return attribute_from(message, {}, limits).status().code(); };
  EXPECT_EQ(code(typed(7).packed(8, {1, 2})), StatusCode::ok);
  EXPECT_EQ(code(typed(7).packed(8, {1, 2}).integer(8, 3)), StatusCode::limit_exceeded);
  EXPECT_EQ(code(typed(7).packed(8, {1, 2, 3})), StatusCode::limit_exceeded);
  EXPECT_EQ(code(typed(6).packed_reals(7, {1, 2, 3})), StatusCode::limit_exceeded);
  EXPECT_EQ(code(typed(3).text(4, "four")), StatusCode::limit_exceeded);
  EXPECT_EQ(code(typed(8).text(9, "four")), StatusCode::limit_exceeded);
}

TEST(Attribute, HoldsTheDepthOfGraphs) {
  const auto nested = [](int depth) {
    OnnxGraph graph;
    for (int i = 1; i < depth; ++i) {
      OnnxGraph outer;
      outer.node(testing::onnx_node("Loop", {}, {"y"}, {testing::onnx_graph_attribute("body", graph)}));
      graph = outer;
    }
    return graph_from(graph).status().code();
  };
  EXPECT_EQ(nested(16), StatusCode::ok);
  EXPECT_EQ(nested(17), StatusCode::limit_exceeded);
  EXPECT_EQ(nested(200), StatusCode::limit_exceeded);
}

}  // namespace
}  // namespace rheo::onnx

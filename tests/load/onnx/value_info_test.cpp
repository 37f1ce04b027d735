// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "load/onnx/parse.h"

namespace rheo::onnx {
namespace {

using testing::onnx_value;
using testing::WireWriter;

Result<ValueInfo> value_from(const WireWriter& message, const LoadLimits& limits = {}) {
  return parse_alone<ValueInfo>(message, limits, parse_value_info);
}

// A value "x" of f32 whose only dimension is `dimension`.
WireWriter with_dimension(const WireWriter& dimension) {
  const WireWriter tensor = WireWriter().integer(1, 1).message(2, WireWriter().message(1, dimension));
  return WireWriter().text(1, "x").message(2, WireWriter().message(1, tensor));
}

TEST(ValueInfo, ReadsTensorsOfEveryShape) {
  const auto value = value_from(onnx_value("x", 1, {"batch", "3", ""}));
  ASSERT_TRUE(value.ok()) << value.status().message();
  EXPECT_EQ(value->name, "x");
  EXPECT_EQ(value->kind, ValueInfo::Kind::tensor);
  EXPECT_EQ(value->type, ElementType::f32);
  ASSERT_EQ(value->shape->size(), 3U);
  EXPECT_EQ((*value->shape)[0].name, "batch");
  EXPECT_FALSE((*value->shape)[0].size.has_value());
  EXPECT_EQ((*value->shape)[1].size, 3);
  EXPECT_TRUE((*value->shape)[2].name.empty());
  EXPECT_FALSE((*value->shape)[2].size.has_value());
  EXPECT_TRUE(value_from(onnx_value("x", 1, {}))->shape->empty());  // a scalar
}

TEST(ValueInfo, KnowsWhatIsNotDeclared) {
  const auto without_shape =
      value_from(WireWriter().text(1, "x").message(2, WireWriter().message(1, WireWriter().integer(1, 7))));
  EXPECT_EQ(without_shape->type, ElementType::i64);
  EXPECT_FALSE(without_shape->shape.has_value());
  const auto without_type = value_from(WireWriter().text(1, "x"));
  ASSERT_TRUE(without_type.ok()) << without_type.status().message();
  EXPECT_EQ(without_type->type, ElementType::undefined);
}

TEST(ValueInfo, TakesMinusOneForUnknown) {
  EXPECT_FALSE(value_from(with_dimension(WireWriter().integer(1, -1)))->shape->front().size.has_value());
  EXPECT_EQ(value_from(with_dimension(WireWriter().integer(1, 0)))->shape->front().size, 0);
}

TEST(ValueInfo, KeepsOtherTypesUnread) {
  for (const std::uint32_t type : {4U, 5U, 7U, 8U, 9U}) {
    const auto value = value_from(WireWriter().text(1, "x").message(2, WireWriter().text(type, "anything")));
    ASSERT_TRUE(value.ok()) << value.status().message();
    EXPECT_EQ(value->kind, ValueInfo::Kind::other);
  }
}

TEST(ValueInfo, RefusesBrokenDeclarations) {
  const auto code = [](const WireWriter& message) { return value_from(message).status().code(); };
  EXPECT_EQ(code(WireWriter()), StatusCode::bad_format);  // no name
  EXPECT_EQ(code(onnx_value("", 1, {})), StatusCode::bad_format);
  EXPECT_EQ(code(with_dimension(WireWriter().integer(1, -2))), StatusCode::bad_format);
  EXPECT_EQ(code(with_dimension(WireWriter().integer(1, 2).text(2, "n"))), StatusCode::bad_format);
  EXPECT_EQ(code(with_dimension(WireWriter().text(2, "\xff"))), StatusCode::bad_format);
  EXPECT_EQ(code(onnx_value("x", 1, {}).message(2, WireWriter())), StatusCode::bad_format);
  EXPECT_EQ(code(WireWriter().text(1, "x").message(2, WireWriter().text(1, "").text(4, ""))), StatusCode::bad_format);
  const WireWriter two_shapes = WireWriter().text(2, "").text(2, "");
  EXPECT_EQ(code(WireWriter().text(1, "x").message(2, WireWriter().message(1, two_shapes))), StatusCode::bad_format);
}

TEST(ValueInfo, HoldsTheLimits) {
  EXPECT_EQ(value_from(with_dimension(WireWriter().integer(1, std::int64_t{1} << 31))).status().code(),
            StatusCode::limit_exceeded);
  EXPECT_TRUE(value_from(onnx_value("x", 1, testing::Names(8, "1"))).ok());
  EXPECT_EQ(value_from(onnx_value("x", 1, testing::Names(9, "1"))).status().code(), StatusCode::limit_exceeded);
}

}  // namespace
}  // namespace rheo::onnx

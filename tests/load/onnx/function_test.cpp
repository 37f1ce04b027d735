// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "load/onnx/parse.h"

namespace rheo::onnx {
namespace {

using testing::onnx_node;
using testing::WireWriter;

Result<Function> function_from(const WireWriter& message, const LoadLimits& limits = {}) {
  return parse_alone<Function>(message, limits, parse_function);
}

WireWriter small() {
  const WireWriter slope = WireWriter().text(1, "alpha").text(21, "slope").integer(20, 1);
  return WireWriter()
      .text(1, "Leaky")
      .text(10, "local")
      .text(4, "x")
      .text(5, "y")
      .text(6, "slope")
      .message(7, onnx_node("LeakyRelu", {"x"}, {"y"}, {slope}))
      .message(9, WireWriter().text(1, "").integer(2, 17))
      .message(11, testing::onnx_attribute("bound", 6.0F));
}

TEST(Function, ReadsItsParts) {
  const auto function = function_from(small());
  ASSERT_TRUE(function.ok()) << function.status().message();
  EXPECT_EQ(function->name, "Leaky");
  EXPECT_EQ(function->domain, "local");
  EXPECT_EQ(function->inputs, testing::Names{"x"});
  EXPECT_EQ(function->outputs, testing::Names{"y"});
  EXPECT_EQ(function->attributes, testing::Names{"slope"});
  EXPECT_EQ(function->defaults.at(0).real, 6.0F);
  EXPECT_EQ(function->nodes.at(0).find("alpha")->parameter, "slope");
  EXPECT_EQ(function->operator_sets.at(0).version, 17);
}

TEST(Function, RefusesBrokenParts) {
  EXPECT_EQ(function_from(WireWriter()).status().code(), StatusCode::bad_format);
  EXPECT_EQ(function_from(small().text(4, "")).status().code(), StatusCode::bad_format);
  EXPECT_EQ(function_from(small().text(5, "\xff")).status().code(), StatusCode::bad_format);
  EXPECT_EQ(function_from(small().text(7, "")).status().code(), StatusCode::bad_format);
  EXPECT_EQ(function_from(small().text(13, "other")).status().code(), StatusCode::unsupported);
  LoadLimits limits;
  limits.nodes = 0;
  EXPECT_EQ(function_from(small(), limits).status().code(), StatusCode::limit_exceeded);
}

}  // namespace
}  // namespace rheo::onnx

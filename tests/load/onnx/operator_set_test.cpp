// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "load/onnx/parse.h"

namespace rheo::onnx {
namespace {

using testing::WireWriter;

Status add(std::string_view domain, std::int64_t version, std::vector<OperatorSet>& sets) {
  const LoadLimits limits;
  Reading reading(100, nullptr, limits, nullptr);
  const std::string bytes = WireWriter().text(1, domain).integer(2, version).bytes();
  return parse_operator_set(WireMessage(testing::as_file(bytes)), reading, sets);
}

TEST(OperatorSet, IsFoundByItsDomain) {
  Model model;
  ASSERT_TRUE(add("ai.onnx", 13, model.operator_sets).ok());
  ASSERT_TRUE(add("ai.onnx.ml", 3, model.operator_sets).ok());
  EXPECT_EQ(model.opset(), 13);
  EXPECT_EQ(model.opset("ai.onnx.ml"), 3);
  EXPECT_EQ(model.opset("com.microsoft"), 0);
}

TEST(OperatorSet, IsImportedOnce) {
  std::vector<OperatorSet> sets;
  ASSERT_TRUE(add("", 13, sets).ok());
  EXPECT_EQ(add("ai.onnx", 13, sets).code(), StatusCode::bad_format);
}

TEST(OperatorSet, HasAVersion) {
  std::vector<OperatorSet> sets;
  EXPECT_EQ(add("", 0, sets).code(), StatusCode::bad_format);
  EXPECT_EQ(add("", -1, sets).code(), StatusCode::bad_format);
}

TEST(OperatorSet, ComesInBoundedNumber) {
  std::vector<OperatorSet> sets;
  Status status;
  for (int i = 0; i < 2000 && status.ok(); ++i) status = add(std::to_string(i), 1, sets);
  EXPECT_EQ(status.code(), StatusCode::limit_exceeded);
}

}  // namespace
}  // namespace rheo::onnx

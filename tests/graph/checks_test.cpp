// SPDX-License-Identifier: Apache-2.0
// The rules themselves are exercised through the builder and verify; here are the messages and the corners.
#include "graph/checks.h"

#include <gtest/gtest.h>

#include "graph/limits.h"

namespace rheo {
namespace {

TEST(Checks, NamesAreOneToTheLimit) {
  EXPECT_FALSE(check_name("node", "").ok());
  EXPECT_TRUE(check_name("node", "a").ok());
  EXPECT_TRUE(check_name("node", std::string(kMaxNameBytes, 'a')).ok());
  EXPECT_FALSE(check_name("node", std::string(kMaxNameBytes + 1, 'a')).ok());
}

TEST(Checks, OnlyTheBatchMayBeOpen) {
  EXPECT_TRUE(check_shape("value", "x", {}).ok());
  EXPECT_TRUE(check_shape("value", "x", {kDynamic, 3}).ok());
  EXPECT_FALSE(check_shape("value", "x", {3, kDynamic}).ok());
  EXPECT_FALSE(check_shape("value", "x", {3, -2}).ok());
  EXPECT_FALSE(check_shape("value", "x", {0}).ok());
}

TEST(Checks, ElementsHaveALimit) {
  const std::int64_t million = 1 << 20;
  EXPECT_TRUE(check_shape("value", "x", {kDynamic, million, million}).ok());
  EXPECT_EQ(check_shape("value", "x", {kDynamic, million, million, 2}).code(), StatusCode::limit_exceeded);
  EXPECT_EQ(check_shape("value", "x", {million, million, million, million}).code(), StatusCode::limit_exceeded);
}

TEST(Checks, DescribeAddsTheSourceWhenThereIsOne) {
  EXPECT_EQ(describe("conv", ""), "'conv'");
  EXPECT_EQ(describe("conv", "model.py:3"), "'conv' (model.py:3)");
}

TEST(Checks, InferenceErrorsListEveryInput) {
  const TensorType x{DType::f32, {2, 3}, {}};
  const TensorType w{DType::f32, {5, 4}, {}};
  const std::vector<const TensorType*> inputs{&x, &w, nullptr};
  const Status status = infer_node(OpKind::linear, {}, inputs, "fc", "model.py:9").status();
  for (const char* part : {"fc", "model.py:9", "linear", "[2, 3]", "[5, 4]", "none"}) {
    EXPECT_NE(status.message().find(part), std::string::npos) << part << " in " << status.to_string();
  }
}

}  // namespace
}  // namespace rheo

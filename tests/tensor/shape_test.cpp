// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <vector>

#include <rheo/tensor.h>

namespace rheo {
namespace {

TEST(Shape, AScalarHasOneElement) {
  EXPECT_EQ(Shape().rank(), 0U);
  EXPECT_EQ(Shape().elements(), 1);
  EXPECT_EQ(*Shape().checked_elements(), 1);
  EXPECT_EQ(Shape().to_string(), "[]");
}

TEST(Shape, CountsElementsAndComparesByDimensions) {
  const Shape shape{2, 3, 5};
  EXPECT_EQ(shape.elements(), 30);
  EXPECT_EQ(shape.to_string(), "[2, 3, 5]");
  EXPECT_EQ(shape, Shape(std::vector<std::int64_t>{2, 3, 5}));
  EXPECT_NE(shape, (Shape{2, 3}));
  EXPECT_NE(shape, (Shape{2, 5, 3}));
  EXPECT_EQ(*Shape({4, 0}).checked_elements(), 0);
}

TEST(Shape, IsFullAfterEightDimensions) {
  Shape shape;
  for (int i = 0; i < 8; ++i) EXPECT_TRUE(shape.push_back(2));
  EXPECT_FALSE(shape.push_back(2));
  EXPECT_EQ(shape.elements(), 256);
  EXPECT_EQ(Shape(std::vector<std::int64_t>(9, 1)).rank(), Shape::kMaxRank);
}

TEST(Shape, RefusesDynamicNegativeAndOverflowingDimensions) {
  EXPECT_EQ((Shape{kDynamic, 3}).to_string(), "[?, 3]");
  EXPECT_FALSE((Shape{kDynamic, 3}).is_static());
  EXPECT_EQ(Shape({kDynamic, 3}).checked_elements().status().code(), StatusCode::invalid_argument);
  EXPECT_EQ(Shape({-2, 3}).checked_elements().status().code(), StatusCode::invalid_argument);
  EXPECT_EQ(Shape({INT64_MAX, 2}).checked_elements().status().code(), StatusCode::limit_exceeded);
}

TEST(Shape, AZeroDimensionHidesNoOverflow) {
  EXPECT_EQ(Shape({0, INT64_MAX, 2}).checked_elements().status().code(), StatusCode::limit_exceeded);
  EXPECT_EQ(Shape({INT64_MAX, 2, 0}).checked_elements().status().code(), StatusCode::limit_exceeded);
}

}  // namespace
}  // namespace rheo

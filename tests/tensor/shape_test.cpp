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

// Callers make shapes of what they are given and check afterwards; until then nothing may overflow.
TEST(Shape, AbsurdSizesStopAtTheLargest) {
  const Shape absurd{INT64_MAX, INT64_MAX, 3};
  EXPECT_EQ(absurd.elements(), INT64_MAX);
  const TensorView view(nullptr, DType::f32, absurd);
  EXPECT_EQ(view.strides(), (Shape{INT64_MAX, 3, 1}));
  EXPECT_EQ(view.size_bytes(), SIZE_MAX);
  EXPECT_EQ(TensorView(nullptr, DType::i64, {INT64_MAX, 2, 2}).strides(), (Shape{4, 2, 1}));
  EXPECT_EQ(TensorView(nullptr, DType::i64, {2, INT64_MAX, 2}).strides(), (Shape{INT64_MAX, 2, 1}));
}

TEST(Shape, AZeroDimensionHidesNoOverflow) {
  EXPECT_EQ(Shape({0, INT64_MAX, 2}).checked_elements().status().code(), StatusCode::limit_exceeded);
  EXPECT_EQ(Shape({INT64_MAX, 2, 0}).checked_elements().status().code(), StatusCode::limit_exceeded);
}

}  // namespace
}  // namespace rheo

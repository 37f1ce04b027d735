// SPDX-License-Identifier: Apache-2.0
#include "kernels/index_bounds.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rheo {
namespace {

TEST(IndexBounds, CountFromEitherEnd) {
  EXPECT_EQ(from_start(2, 5), 2);
  EXPECT_EQ(from_start(-1, 5), 4);
  EXPECT_TRUE(is_in_bounds(-5, 5));
  EXPECT_TRUE(is_in_bounds(4, 5));
  EXPECT_FALSE(is_in_bounds(5, 5));
  EXPECT_FALSE(is_in_bounds(-6, 5));
  EXPECT_FALSE(is_in_bounds(0, 0));
  EXPECT_FALSE(is_in_bounds(INT64_MIN, 5));
}

TEST(IndexBounds, FindTheFirstOutside) {
  std::vector<std::int64_t> indices(1000, 3);
  EXPECT_TRUE(check_indices(OpKind::gather, indices.data(), DType::i64, 1000, 1, 0, 4).ok());
  indices[700] = 4;
  indices[900] = -9;
  const Status status = check_indices(OpKind::gather, indices.data(), DType::i64, 1000, 1, 2, 4);
  EXPECT_EQ(status.code(), StatusCode::invalid_argument);
  for (const char* word : {"gather", "index 4", "place 700", "[-4, 4)", "dimension 2"})
    EXPECT_NE(status.message().find(word), std::string::npos) << status.message();
}

TEST(IndexBounds, GoInSteps) {
  const std::vector<std::int32_t> pairs{0, 9, 1, 9};
  EXPECT_TRUE(check_indices(OpKind::gather_nd, pairs.data(), DType::i32, 2, 2, 0, 2).ok());
  EXPECT_FALSE(check_indices(OpKind::gather_nd, pairs.data() + 1, DType::i32, 2, 2, 1, 2).ok());
  EXPECT_EQ(index_at(pairs.data(), DType::i32, 1), 9);
}

}  // namespace
}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
#include "kernels/ref/indices.h"

#include <gtest/gtest.h>

#include <vector>

namespace rheo::ref {
namespace {

TEST(RefIndices, WalkInRowMajorOrder) {
  const Strides strides = dense_strides({2, 3});
  std::vector<std::int64_t> offsets;
  for_each_index({2, 3}, [&](const Index& index) { offsets.push_back(offset_of(index, strides)); });
  EXPECT_EQ(offsets, (std::vector<std::int64_t>{0, 1, 2, 3, 4, 5}));
}

TEST(RefIndices, VisitAScalarOnceAndNothingOfAnEmptyShape) {
  int visits = 0;
  for_each_index({}, [&](const Index&) { ++visits; });
  EXPECT_EQ(visits, 1);
  for_each_index({3, 0}, [&](const Index&) { ++visits; });
  EXPECT_EQ(visits, 1);
}

TEST(RefIndices, RepeatBroadcastDimensions) {
  const Strides strides = broadcast_strides({3, 1}, {2, 3, 4});
  EXPECT_EQ(strides[0], 0);
  EXPECT_EQ(strides[1], 1);
  EXPECT_EQ(strides[2], 0);
}

TEST(RefIndices, CopyBetweenPlaces) {
  const char in[] = {'a', 'b', 'c', 'd'};
  char out[] = {'-', '-', '-', '-'};
  copy_elements(1, {2}, in, {1, {2}}, out, {3, {-3}});
  EXPECT_EQ(std::string(out, 4), "d--b");
}

}  // namespace
}  // namespace rheo::ref

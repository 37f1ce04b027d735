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

// Walking over what is not there would take minutes.
TEST(RefIndices, CopyNothingOfAnEmptyShape) {
  constexpr std::int64_t kMany = std::int64_t{1} << 40;
  for (const Shape& shape : {Shape{kMany, 2, 0}, Shape{0, kMany, kMany}, Shape{3, kMany, 0}}) {
    copy_elements(4, shape, nullptr, {}, nullptr, {});
  }
}

TEST(RefIndices, CopyPlanesThatAreLargerThanABlock) {
  constexpr std::int64_t kPlanes = 2, kRows = 70, kColumns = 45;
  const auto exchange = [&]<typename Element>(Element) {
    std::vector<Element> in(kPlanes * kRows * kColumns), out(in.size());
    for (std::size_t i = 0; i < in.size(); ++i) in[i] = static_cast<Element>(i);
    copy_elements(sizeof(Element), {kPlanes, kRows, kColumns}, in.data(),
                  {0, dense_strides({kPlanes, kRows, kColumns})}, out.data(), {0, {kRows * kColumns, 1, kRows}});
    for (std::int64_t plane = 0; plane < kPlanes; ++plane) {
      for (std::int64_t row = 0; row < kRows; ++row) {
        for (std::int64_t column = 0; column < kColumns; ++column) {
          const auto from = static_cast<std::size_t>((plane * kRows + row) * kColumns + column);
          const auto to = static_cast<std::size_t>((plane * kColumns + column) * kRows + row);
          ASSERT_EQ(out[to], in[from]) << plane << ", " << row << ", " << column;
        }
      }
    }
  };
  exchange(std::uint8_t{});
  exchange(std::uint16_t{});
  exchange(std::uint32_t{});
  exchange(std::uint64_t{});
}

}  // namespace
}  // namespace rheo::ref

// SPDX-License-Identifier: Apache-2.0
#include "kernels/kernel.h"

#include <gtest/gtest.h>

namespace rheo {
namespace {

TEST(Layout, HasANameAndASize) {
  EXPECT_EQ(name_of(Layout::plain), "plain");
  EXPECT_EQ(name_of(Layout::nhwc), "nhwc");
  EXPECT_EQ(name_of(Layout::nchw16c), "nchw16c");
  const TensorType type{.dtype = DType::bf16, .shape = {2, 17, 3, 5}, .quantization = {}};
  EXPECT_EQ(storage_bytes(type, Layout::plain), 2U * 17 * 3 * 5 * 2);
  EXPECT_EQ(storage_bytes(type, Layout::nhwc), 2U * 17 * 3 * 5 * 2);
  EXPECT_EQ(storage_bytes(type, Layout::nchw16c), 2U * 32 * 3 * 5 * 2);
  EXPECT_EQ(storage_bytes({.dtype = DType::f32, .shape = {}, .quantization = {}}, Layout::plain), 4U);
}

// A model file may claim any shape; its size must never come out small.
TEST(StorageBytes, AreTheLargestNumberWhereTheyCannotBeCounted) {
  constexpr std::int64_t kHuge = std::int64_t{1} << 40;
  const auto bytes_of = [](const Shape& shape, Layout layout) {
    return storage_bytes({.dtype = DType::f32, .shape = shape, .quantization = {}}, layout);
  };
  EXPECT_EQ(bytes_of({1 << 20, 1 << 20, 1 << 20, 4}, Layout::plain), SIZE_MAX);
  EXPECT_EQ(bytes_of({INT64_MAX}, Layout::plain), SIZE_MAX);
  EXPECT_EQ(bytes_of({1, 1, kHuge, 1 << 21}, Layout::plain), std::size_t{1} << 63);
  EXPECT_EQ(bytes_of({1, 1, kHuge, 1 << 21}, Layout::nchw16c), SIZE_MAX);
  EXPECT_EQ(bytes_of({kHuge, kHuge, 0, 1}, Layout::plain), 0U);
}

}  // namespace
}  // namespace rheo

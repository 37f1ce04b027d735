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

TEST(WeightStore, MakesAPackOncePerSourceAndKey) {
  WeightStore store;
  int made = 0;
  const auto make = [&made]() -> Result<WeightStore::Pack> {
    ++made;
    return WeightStore::Pack{std::make_shared<int>(made), 100};
  };
  const int source = 0;
  const int other = 0;
  const auto first = store.get(&source, "a", make);
  const auto again = store.get(&source, "a", make);
  EXPECT_EQ(first.value(), again.value());
  EXPECT_EQ(made, 1);
  EXPECT_NE(store.get(&source, "b", make).value(), first.value());
  EXPECT_NE(store.get(&other, "a", make).value(), first.value());
  EXPECT_EQ(store.size_bytes(), 300U);
}

TEST(WeightStore, KeepsNothingOfAFailure) {
  WeightStore store;
  const int source = 0;
  const auto fail = []() -> Result<WeightStore::Pack> { return Status(StatusCode::resource_exhausted, "No memory."); };
  EXPECT_EQ(store.get(&source, "a", fail).status().code(), StatusCode::resource_exhausted);
  EXPECT_EQ(store.size_bytes(), 0U);
  const auto make = []() -> Result<WeightStore::Pack> { return WeightStore::Pack{std::make_shared<int>(7), 4}; };
  EXPECT_TRUE(store.get(&source, "a", make).ok());
  EXPECT_EQ(store.size_bytes(), 4U);
}

}  // namespace
}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
#include "tensor/copy.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

namespace rheo {
namespace {

std::vector<std::int32_t> counted(std::size_t count) {
  std::vector<std::int32_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 1);
  return numbers;
}

TEST(CopyElements, PutsAViewIntoTheCornerOfALargerOneAndCutsItOutAgain) {
  const std::vector<std::int32_t> small = counted(2 * 3 * 2);
  const TensorView view(small.data(), {2, 3, 2});
  std::vector<std::int32_t> large(2 * 4 * 5, -1);
  copy_elements(view, reinterpret_cast<std::byte*>(large.data()), {20, 5, 1});
  for (std::size_t i = 0; i < 2; ++i) {
    for (std::size_t j = 0; j < 4; ++j) {
      for (std::size_t k = 0; k < 5; ++k) {
        const bool inside = j < 3 && k < 2;
        EXPECT_EQ(large[i * 20 + j * 5 + k], inside ? small[i * 6 + j * 2 + k] : -1) << i << j << k;
      }
    }
  }
  std::vector<std::int32_t> back(small.size());
  copy_elements(TensorView(large.data(), DType::i32, {2, 3, 2}, {20, 5, 1}), reinterpret_cast<std::byte*>(back.data()),
                {6, 2, 1});
  EXPECT_EQ(back, small);
}

TEST(CopyElements, ReadsAndWritesAnyStride) {
  const std::vector<std::int32_t> from = counted(12);
  std::vector<std::int32_t> to(12, 0);
  copy_elements(TensorView(from.data(), DType::i32, {3, 2}, {1, 6}), reinterpret_cast<std::byte*>(to.data()), {4, 2});
  EXPECT_EQ(to, (std::vector<std::int32_t>{1, 0, 7, 0, 2, 0, 8, 0, 3, 0, 9, 0}));
}

template <typename T>
void expect_exchanged(std::int64_t rows, std::int64_t columns) {
  Tensor matrix = Tensor::zeros(dtype_of<T>(), {rows, columns}).value();
  int next = 0;
  for (T& element : matrix.as_mutable<T>()) element = static_cast<T>(next++ % 100);
  const Tensor turned = exchanged(matrix).value();
  ASSERT_EQ(turned.shape(), (Shape{columns, rows}));
  for (std::int64_t i = 0; i < rows; ++i) {
    for (std::int64_t j = 0; j < columns; ++j) {
      ASSERT_EQ(turned.as<T>()[static_cast<std::size_t>(j * rows + i)],
                matrix.as<T>()[static_cast<std::size_t>(i * columns + j)])
          << i << ", " << j;
    }
  }
}

TEST(CopyElements, ExchangesRowsAndColumns) {
  for (const std::int64_t rows : {1, 3, 64, 65}) {
    for (const std::int64_t columns : {0, 1, 5, 64, 130}) {
      expect_exchanged<std::int8_t>(rows, columns);
      expect_exchanged<float>(rows, columns);
    }
  }
}

TEST(CopyElements, NothingAndOneElementAreShapesToo) {
  const std::int32_t one = 7;
  std::int32_t to = 0;
  copy_elements(TensorView(&one, {}), reinterpret_cast<std::byte*>(&to), {});
  EXPECT_EQ(to, 7);
  copy_elements(TensorView(static_cast<const std::int32_t*>(nullptr), {2, 0}), nullptr, {0, 1});
}

}  // namespace
}  // namespace rheo

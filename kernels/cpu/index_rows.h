// SPDX-License-Identifier: Apache-2.0
// Rows of indices that name a place in a tensor each: what gather_nd reads and scatter_nd writes. Plain layouts.
#pragma once

#include <array>
#include <cstdint>

#include "kernels/index_bounds.h"
#include "kernels/kernel.h"

namespace rheo {

// Row r of the indices stands for x[batch of r, indices[r, 0], ..., indices[r, count - 1]], a slice of elements.
struct IndexRows {
  DType dtype = DType::i64;                                      // of the indices
  std::size_t count = 0;                                         // dimensions that a row names
  std::array<std::int64_t, Shape::kMaxRank> sizes{}, strides{};  // of those dimensions of x
  std::size_t first_dimension = 0;                               // of x that a row names
  std::int64_t rows = 0;
  std::int64_t rows_per_item = 1;  // of the batch dimensions
  std::int64_t item_stride = 0;    // of x, in elements
  std::int64_t slice = 1;          // elements

  // Where the slice of `row` begins, in elements of x. The indices have been checked.
  std::int64_t place(const void* indices, std::int64_t row) const {
    std::int64_t at = row / rows_per_item * item_stride;
    for (std::size_t i = 0; i < count; ++i) {
      const std::int64_t index =
          index_at(indices, dtype, row * static_cast<std::int64_t>(count) + static_cast<std::int64_t>(i));
      at += from_start(index, sizes[i]) * strides[i];
    }
    return at;
  }
};

IndexRows make_index_rows(const Shape& x, const TensorType& indices, std::size_t batch_dims);
// Every index lies within its dimension.
Status check_index_rows(OpKind op, const IndexRows& rows, const void* indices);

}  // namespace rheo

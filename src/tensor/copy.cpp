// SPDX-License-Identifier: Apache-2.0
#include "tensor/copy.h"

#include <algorithm>
#include <cstring>

#include "base/try.h"

namespace rheo {
namespace {

// Copies the elements of `axis` and deeper.
void copy_axis(const TensorView& view, std::size_t axis, const std::byte* from, std::byte* to, const Shape& strides) {
  const std::size_t element_bytes = size_bytes(view.dtype());
  if (axis == view.shape().rank()) {
    std::memcpy(to, from, element_bytes);
    return;
  }
  const std::int64_t count = view.shape()[axis];
  const bool is_run = axis + 1 == view.shape().rank() && view.strides()[axis] == 1 && strides[axis] == 1;
  if (is_run) {
    if (count > 0) std::memcpy(to, from, static_cast<std::size_t>(count) * element_bytes);
    return;
  }
  const std::ptrdiff_t from_step = view.strides()[axis] * static_cast<std::ptrdiff_t>(element_bytes);
  const std::ptrdiff_t to_step = strides[axis] * static_cast<std::ptrdiff_t>(element_bytes);
  for (std::int64_t i = 0; i < count; ++i) {
    copy_axis(view, axis + 1, from + i * from_step, to + i * to_step, strides);
  }
}

// In blocks, so that what is read and what is written stay in the cache together.
void exchange_bytes(const std::byte* from, std::byte* to, std::size_t rows, std::size_t columns) {
  constexpr std::size_t kBlock = 64;
  for (std::size_t row = 0; row < rows; row += kBlock) {
    for (std::size_t column = 0; column < columns; column += kBlock) {
      for (std::size_t i = row; i < std::min(row + kBlock, rows); ++i) {
        for (std::size_t j = column; j < std::min(column + kBlock, columns); ++j)
          to[j * rows + i] = from[i * columns + j];
      }
    }
  }
}

}  // namespace

void copy_elements(const TensorView& from, std::byte* to, const Shape& strides) {
  copy_axis(from, 0, static_cast<const std::byte*>(from.data()), to, strides);
}

Result<Tensor> exchanged(const Tensor& matrix) {
  const Shape shape{matrix.shape()[1], matrix.shape()[0]};
  if (size_bytes(matrix.dtype()) != 1) {
    return Tensor::copy_of(TensorView(matrix.data(), matrix.dtype(), shape, {1, shape[0]}));
  }
  RHEO_ASSIGN_OR_RETURN(Tensor result, Tensor::zeros(matrix.dtype(), shape));
  exchange_bytes(static_cast<const std::byte*>(matrix.data()), static_cast<std::byte*>(result.mutable_data()),
                 static_cast<std::size_t>(shape[1]), static_cast<std::size_t>(shape[0]));
  return result;
}

}  // namespace rheo

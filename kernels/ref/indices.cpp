// SPDX-License-Identifier: Apache-2.0
// Tested by tests/kernels/ref/indices_test.cpp.
#include "kernels/ref/indices.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace rheo::ref {

Strides dense_strides(const Shape& shape) {
  Strides strides{};
  std::int64_t stride = 1;
  for (std::size_t axis = shape.rank(); axis-- > 0;) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

Strides broadcast_strides(const Shape& operand, const Shape& result) {
  const Strides dense = dense_strides(operand);
  Strides strides{};
  const std::size_t missing = result.rank() - operand.rank();
  for (std::size_t axis = 0; axis < operand.rank(); ++axis) {
    const bool is_repeated = operand[axis] == 1 && result[axis + missing] != 1;
    strides[axis + missing] = is_repeated ? 0 : dense[axis];
  }
  return strides;
}

namespace {

// Rows and columns of the two innermost dimensions, and how far apart their elements are where they come from and go.
struct Plane {
  std::int64_t rows, columns, from_row, from_column, to_row, to_column;
};

// In blocks, because importers transpose whole weights by this: what is read and what is written stay in the cache.
template <typename Element>
void copy_plane(const Plane& plane, const std::byte* in, std::byte* out) {
  constexpr std::int64_t kBlock = 32;
  constexpr auto kBytes = static_cast<std::int64_t>(sizeof(Element));
  for (std::int64_t row = 0; row < plane.rows; row += kBlock) {
    for (std::int64_t column = 0; column < plane.columns; column += kBlock) {
      for (std::int64_t i = row; i < std::min(row + kBlock, plane.rows); ++i) {
        for (std::int64_t j = column; j < std::min(column + kBlock, plane.columns); ++j) {
          std::memcpy(out + (i * plane.to_row + j * plane.to_column) * kBytes,
                      in + (i * plane.from_row + j * plane.from_column) * kBytes, sizeof(Element));
        }
      }
    }
  }
}

}  // namespace

void copy_elements(std::size_t element_bytes, const Shape& shape, const void* in, const Place& from, void* out,
                   const Place& to) {
  if (shape.elements() == 0) return;  // other dimensions may be as large as they like
  constexpr std::size_t kInner = 2;
  Shape outer = shape;
  Plane plane{1, 1, 0, 0, 0, 0};
  if (shape.rank() >= kInner) {
    const std::size_t row = shape.rank() - kInner;
    plane = {shape[row],      shape[row + 1],     from.strides[row], from.strides[row + 1],
             to.strides[row], to.strides[row + 1]};
    outer[row] = outer[row + 1] = 1;
  }
  const auto copy = element_bytes == 1   ? &copy_plane<std::uint8_t>
                    : element_bytes == 2 ? &copy_plane<std::uint16_t>
                    : element_bytes == 4 ? &copy_plane<std::uint32_t>
                                         : &copy_plane<std::uint64_t>;
  for_each_index(outer, [&](const Index& index) {
    const std::int64_t read = from.offset + offset_of(index, from.strides);
    const std::int64_t write = to.offset + offset_of(index, to.strides);
    const auto bytes = static_cast<std::int64_t>(element_bytes);
    copy(plane, static_cast<const std::byte*>(in) + read * bytes, static_cast<std::byte*>(out) + write * bytes);
  });
}

}  // namespace rheo::ref

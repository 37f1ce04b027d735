// SPDX-License-Identifier: Apache-2.0
// Walks over the indices of a shape, for ops whose operands lie differently in memory.
#pragma once

#include <array>
#include <cstdint>

#include <rheo/tensor.h>

namespace rheo::ref {

using Index = std::array<std::int64_t, Shape::kMaxRank>;

// How far apart, in elements, neighbours along each dimension are.
using Strides = std::array<std::int64_t, Shape::kMaxRank>;

// Row-major and dense.
Strides dense_strides(const Shape& shape);

// Of `operand` seen as having shape `result`, to which it broadcasts: 0 along every dimension that is repeated.
Strides broadcast_strides(const Shape& operand, const Shape& result);

inline std::int64_t offset_of(const Index& index, const Strides& strides) {
  std::int64_t offset = 0;
  for (std::size_t axis = 0; axis < index.size(); ++axis) offset += index[axis] * strides[axis];
  return offset;
}

// Calls f(index) for every index of `shape` in row-major order; entries past the rank stay 0.
template <typename F>
void for_each_index(const Shape& shape, F&& f) {
  Index index{};
  for (std::int64_t left = shape.elements(); left > 0; --left) {
    f(static_cast<const Index&>(index));
    for (std::size_t axis = shape.rank(); axis-- > 0;) {
      if (++index[axis] < shape[axis]) break;
      index[axis] = 0;
    }
  }
}

// Copies elements of `element_bytes` each: for every index of `shape`, from in[offset + index * strides] to the same of
// out.
struct Place {
  std::int64_t offset = 0;
  Strides strides{};
};
void copy_elements(std::size_t element_bytes, const Shape& shape, const void* in, const Place& from, void* out,
                   const Place& to);

}  // namespace rheo::ref

// SPDX-License-Identifier: Apache-2.0
// Where the elements of a value lie, dimension by dimension, and walks over several values at once.
#pragma once

#include <array>
#include <cstdint>
#include <utility>

#include <rheo/tensor.h>

#include "kernels/kernel.h"

namespace rheo {

// Strides in elements, one per logical dimension. Plain and nhwc only.
Shape strides_of(const Shape& shape, Layout layout);

// One walk over the elements of an output and the elements of the inputs that go with them. Dimensions lie in the order
// of the output's memory, outermost first; neighbours that can be walked as one are joined.
template <std::size_t operands>
struct WalkOf {
  static constexpr std::size_t kOperands = operands;  // the output is the first
  std::size_t rank = 0;
  std::array<std::int64_t, Shape::kMaxRank> sizes{};
  std::array<std::array<std::int64_t, Shape::kMaxRank>, kOperands> strides{};

  std::int64_t inner_size() const { return rank == 0 ? 1 : sizes[rank - 1]; }
  std::int64_t inner_stride(std::size_t operand) const { return rank == 0 ? 1 : strides[operand][rank - 1]; }

  // Innermost runs with elements.
  std::int64_t runs() const {
    std::int64_t count = inner_size() == 0 ? 0 : 1;
    for (std::size_t dim = 0; dim + 1 < rank; ++dim) count *= sizes[dim];
    return count;
  }

  // Calls body(offsets of the three operands) once per innermost run, for runs [begin, end).
  template <typename F>
  void for_each_run(std::int64_t begin, std::int64_t end, F&& body) const {
    std::array<std::int64_t, kOperands> offsets{};
    std::array<std::int64_t, Shape::kMaxRank> index{};
    std::int64_t rest = begin;
    for (std::size_t dim = rank < 2 ? 0 : rank - 1; begin < end && dim-- > 0;) {
      index[dim] = rest % sizes[dim];
      rest /= sizes[dim];
      for (std::size_t o = 0; o < kOperands; ++o) offsets[o] += strides[o][dim] * index[dim];
    }
    for (std::int64_t run = begin; run < end; ++run) {
      body(offsets);
      std::size_t dim = rank < 2 ? 0 : rank - 1;
      for (; dim > 0; --dim) {
        const std::size_t d = dim - 1;
        for (std::size_t o = 0; o < kOperands; ++o) offsets[o] += strides[o][d];
        if (++index[d] < sizes[d]) break;
        for (std::size_t o = 0; o < kOperands; ++o) offsets[o] -= strides[o][d] * sizes[d];
        index[d] = 0;
      }
    }
  }
  template <typename F>
  void for_each_run(F&& body) const {
    for_each_run(0, runs(), std::forward<F>(body));
  }
};

using Walk = WalkOf<3>;      // output, first and second input
using WideWalk = WalkOf<4>;  // with a third one

// `shape`: of the output; `strides`: per operand and logical dimension.
Walk make_walk(const Shape& shape, const std::array<Shape, Walk::kOperands>& strides);
WideWalk make_wide_walk(const Shape& shape, const std::array<Shape, WideWalk::kOperands>& strides);

}  // namespace rheo

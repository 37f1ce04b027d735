// SPDX-License-Identifier: Apache-2.0
// Tested by tests/agree/kernels_ops_test.cpp.
#include "kernels/cpu/strided.h"

#include <algorithm>
#include <numeric>

namespace rheo {
namespace {

template <std::size_t operands>
WalkOf<operands> joined_walk(const Shape& shape, const std::array<Shape, operands>& strides) {
  std::array<std::size_t, Shape::kMaxRank> order{};
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(shape.rank()),
                   [&](std::size_t a, std::size_t b) { return strides[0][a] > strides[0][b]; });
  WalkOf<operands> walk;
  for (std::size_t i = 0; i < shape.rank(); ++i) {
    const std::size_t dim = order[i];
    if (shape[dim] == 1) continue;
    const bool joins = walk.rank > 0 && std::all_of(strides.begin(), strides.end(), [&](const Shape& operand) {
                         const std::size_t o = static_cast<std::size_t>(&operand - strides.data());
                         return walk.strides[o][walk.rank - 1] == operand[dim] * shape[dim];
                       });
    if (joins) --walk.rank;
    walk.sizes[walk.rank] = joins ? walk.sizes[walk.rank] * shape[dim] : shape[dim];
    for (std::size_t o = 0; o < operands; ++o) walk.strides[o][walk.rank] = strides[o][dim];
    ++walk.rank;
  }
  return walk;
}

}  // namespace

Shape strides_of(const Shape& shape, Layout layout) {
  Shape strides = shape;
  std::int64_t step = 1;
  if (layout == Layout::nhwc && shape.rank() == 4) {
    for (const std::size_t dim : {std::size_t{1}, std::size_t{3}, std::size_t{2}, std::size_t{0}}) {
      strides[dim] = step;
      step *= shape[dim];
    }
    return strides;
  }
  for (std::size_t dim = shape.rank(); dim-- > 0;) {
    strides[dim] = step;
    step *= shape[dim];
  }
  return strides;
}

Walk make_walk(const Shape& shape, const std::array<Shape, Walk::kOperands>& strides) {
  return joined_walk(shape, strides);
}

WideWalk make_wide_walk(const Shape& shape, const std::array<Shape, WideWalk::kOperands>& strides) {
  return joined_walk(shape, strides);
}

}  // namespace rheo

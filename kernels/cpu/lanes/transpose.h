// SPDX-License-Identifier: Apache-2.0
// Rows of f32 that become columns, in registers. Include only from files named for an instruction
// set; see vector.h.
#pragma once

#include <utility>

#include "kernels/cpu/lanes/vector.h"

namespace rheo {
namespace {

// As many f32 as a register holds.
inline constexpr int kSquare = static_cast<int>(kRegisterBytes / sizeof(float));
using SquareRow = Lanes<float, kSquare>;

// Exchanges the upper right block of `Size` lanes with the lower left one, in every square of 2 * Size lanes of two
// rows that lie `Size` rows apart.
template <int Size>
RHEO_INLINE void exchange_blocks(SquareRow& upper, SquareRow& lower) {
  [&]<int... Lane>(std::integer_sequence<int, Lane...>) __attribute__((always_inline)) {
    const SquareRow left =
        __builtin_shufflevector(upper, lower, (Lane / Size % 2 == 0 ? Lane : kSquare + Lane - Size)...);
    lower = __builtin_shufflevector(upper, lower, (Lane / Size % 2 == 0 ? Lane + Size : kSquare + Lane)...);
    upper = left;
  }
  (std::make_integer_sequence<int, kSquare>{});
}

template <int Size, int Rows>
RHEO_INLINE void exchange_all(SquareRow (&rows)[Rows]) {
  for (int row = 0; row < Rows; ++row) {
    if (row / Size % 2 == 0) exchange_blocks<Size>(rows[row], rows[row + Size]);
  }
}

// A square of 16 rows and columns; strides in elements.
inline void transpose_square(const float* from, std::int64_t from_stride, float* to, std::int64_t to_stride) {
  for (int top = 0; top < kLanes; top += kSquare) {
    for (int left = 0; left < kLanes; left += kSquare) {
      SquareRow rows[kSquare];
      for (int row = 0; row < kSquare; ++row) rows[row] = load<SquareRow>(from + (top + row) * from_stride + left);
      if constexpr (kSquare > 8) exchange_all<8>(rows);
      if constexpr (kSquare > 4) exchange_all<4>(rows);
      exchange_all<2>(rows);
      exchange_all<1>(rows);
      for (int row = 0; row < kSquare; ++row) store(to + (left + row) * to_stride + top, rows[row]);
    }
  }
}

// Register number `Part` of the pixels that three planes of colours become: lane by lane from a, b and c in turn.
template <int Part>
RHEO_INLINE SquareRow mixed_part(const SquareRow& a, const SquareRow& b, const SquareRow& c) {
  return [&]<int... Lane>(std::integer_sequence<int, Lane...>) __attribute__((always_inline)) {
    constexpr int kFirst = Part * kSquare;
    const SquareRow ab = __builtin_shufflevector(
        a, b, ((kFirst + Lane) % 3 == 2 ? 0 : (kFirst + Lane) % 3 * kSquare + (kFirst + Lane) / 3)...);
    return __builtin_shufflevector(ab, c, ((kFirst + Lane) % 3 == 2 ? kSquare + (kFirst + Lane) / 3 : Lane)...);
  }
  (std::make_integer_sequence<int, kSquare>{});
}

// to[3 * i + row] = from[row * stride + i] for 16 columns: a picture's three planes of colours become its pixels.
inline void interleave_three(const float* from, std::int64_t stride, float* to) {
  for (int column = 0; column < kLanes; column += kSquare) {
    const SquareRow a = load<SquareRow>(from + column);
    const SquareRow b = load<SquareRow>(from + stride + column);
    const SquareRow c = load<SquareRow>(from + 2 * stride + column);
    float* pixels = to + 3 * column;
    store(pixels, mixed_part<0>(a, b, c));
    store(pixels + kSquare, mixed_part<1>(a, b, c));
    store(pixels + 2 * kSquare, mixed_part<2>(a, b, c));
  }
}

}  // namespace
}  // namespace rheo

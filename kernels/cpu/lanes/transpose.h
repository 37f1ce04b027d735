// SPDX-License-Identifier: Apache-2.0
// Rows of f32 that become columns, in registers. Include only from files named for an instruction
// set; see vector.h.
#pragma once

#include <utility>

#include "kernels/cpu/lanes/vector.h"

namespace rheo {
namespace {

// Exchanges the upper right block of `Size` lanes with the lower left one, in every square of 2 * Size lanes of two
// rows that lie `Size` rows apart.
template <int Size>
RHEO_INLINE void exchange_blocks(F32x16& upper, F32x16& lower) {
  [&]<int... Lane>(std::integer_sequence<int, Lane...>) __attribute__((always_inline)) {
    const F32x16 left = __builtin_shufflevector(upper, lower, (Lane / Size % 2 == 0 ? Lane : kLanes + Lane - Size)...);
    lower = __builtin_shufflevector(upper, lower, (Lane / Size % 2 == 0 ? Lane + Size : kLanes + Lane)...);
    upper = left;
  }
  (std::make_integer_sequence<int, kLanes>{});
}

template <int Size, int Rows>
RHEO_INLINE void exchange_all(F32x16 (&rows)[Rows]) {
  for (int row = 0; row < Rows; ++row) {
    if (row / Size % 2 == 0) exchange_blocks<Size>(rows[row], rows[row + Size]);
  }
}

// A square of 16 rows and columns; strides in elements.
inline void transpose_square(const float* from, std::int64_t from_stride, float* to, std::int64_t to_stride) {
  F32x16 rows[kLanes];
  for (int row = 0; row < kLanes; ++row) rows[row] = load<F32x16>(from + row * from_stride);
  exchange_all<8>(rows);
  exchange_all<4>(rows);
  exchange_all<2>(rows);
  exchange_all<1>(rows);
  for (int row = 0; row < kLanes; ++row) store(to + row * to_stride, rows[row]);
}

// to[3 * i + row] = from[row * stride + i] for 16 columns: a picture's three planes of colours become its pixels.
inline void interleave_three(const float* from, std::int64_t stride, float* to) {
  const F32x16 a = load<F32x16>(from);
  const F32x16 b = load<F32x16>(from + stride);
  const F32x16 c = load<F32x16>(from + 2 * stride);
  const F32x16 ab0 = __builtin_shufflevector(a, b, 0, 16, 0, 1, 17, 0, 2, 18, 0, 3, 19, 0, 4, 20, 0, 5);
  const F32x16 ab1 = __builtin_shufflevector(a, b, 21, 0, 6, 22, 0, 7, 23, 0, 8, 24, 0, 9, 25, 0, 10, 26);
  const F32x16 ab2 = __builtin_shufflevector(a, b, 0, 11, 27, 0, 12, 28, 0, 13, 29, 0, 14, 30, 0, 15, 31, 0);
  store(to, __builtin_shufflevector(ab0, c, 0, 1, 16, 3, 4, 17, 6, 7, 18, 9, 10, 19, 12, 13, 20, 15));
  store(to + kLanes, __builtin_shufflevector(ab1, c, 0, 21, 2, 3, 22, 5, 6, 23, 8, 9, 24, 11, 12, 25, 14, 15));
  store(to + 2 * kLanes, __builtin_shufflevector(ab2, c, 26, 1, 2, 27, 4, 5, 28, 7, 8, 29, 10, 11, 30, 13, 14, 31));
}

}  // namespace
}  // namespace rheo

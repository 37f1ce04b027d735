// SPDX-License-Identifier: Apache-2.0
// The transforms of Winograd's convolutions F(4 x 4, 3 x 3) and F(2 x 2, 3 x 3), sixteen channels at a time (Lavin and
// Gray, "Fast Algorithms for Convolutional Neural Networks", 2016; interpolation points 0, 1, -1, infinity, and for the
// larger one 2 and -2).
// Include only from lanes/loops_<instruction set>.cpp; see vector.h.
#pragma once

#include "kernels/cpu/lanes/activate.h"
#include "kernels/cpu/lanes/loops.h"
#include "kernels/cpu/lanes/tile.h"
#include "kernels/cpu/lanes/vector.h"

namespace rheo {
namespace {

// y = B^T x, for as many vectors as a patch has rows.
RHEO_INLINE void winograd_in(const F32x16 (&x)[4], F32x16 (&y)[4]) {
  y[0] = x[0] - x[2];
  y[1] = x[1] + x[2];
  y[2] = x[2] - x[1];
  y[3] = x[1] - x[3];
}
RHEO_INLINE void winograd_in(const F32x16 (&x)[6], F32x16 (&y)[6]) {
  const F32x16 even = x[4] - 4.0F * x[2];
  const F32x16 odd = x[3] - 4.0F * x[1];
  const F32x16 outer = x[4] - x[2];
  const F32x16 inner = 2.0F * (x[3] - x[1]);
  y[0] = 4.0F * x[0] - 5.0F * x[2] + x[4];
  y[1] = even + odd;
  y[2] = even - odd;
  y[3] = outer + inner;
  y[4] = outer - inner;
  y[5] = 4.0F * x[1] - 5.0F * x[3] + x[5];
}

// y = A^T m: two rows fewer.
RHEO_INLINE void winograd_out(const F32x16 (&m)[4], F32x16 (&y)[2]) {
  y[0] = m[0] + m[1] + m[2];
  y[1] = m[1] - m[2] - m[3];
}
RHEO_INLINE void winograd_out(const F32x16 (&m)[6], F32x16 (&y)[4]) {
  const F32x16 sum12 = m[1] + m[2];
  const F32x16 difference12 = m[1] - m[2];
  const F32x16 sum34 = m[3] + m[4];
  const F32x16 difference34 = m[3] - m[4];
  y[0] = m[0] + sum12 + sum34;
  y[1] = difference12 + 2.0F * difference34;
  y[2] = sum12 + 4.0F * sum34;
  y[3] = difference12 + 8.0F * difference34 + m[5];
}

template <int kTile>
void winograd_input(const WinogradPatch& patch, float* points, std::int64_t point_stride) {
  constexpr int kSide = kTile + 2;
  for (std::int64_t channel = 0; channel < patch.channels; channel += kLanes) {
    F32x16 columns[kSide][kSide];  // [column][row], after the transform of every column
    unrolled<kSide>([&](auto column) __attribute__((always_inline)) {
      F32x16 x[kSide];
      unrolled<kSide>([&](auto row) __attribute__((always_inline)) {
        x[row] = load<F32x16>(patch.pixels[row * kSide + column] + channel);
      });
      winograd_in(x, columns[column]);
    });
    unrolled<kSide>([&](auto row) __attribute__((always_inline)) {
      F32x16 x[kSide];
      F32x16 y[kSide];
      unrolled<kSide>([&](auto column) __attribute__((always_inline)) { x[column] = columns[column][row]; });
      winograd_in(x, y);
      unrolled<kSide>([&](auto column) __attribute__((always_inline)) {
        store(points + (row * kSide + column) * point_stride + channel, y[column]);
      });
    });
  }
}

template <int kTile>
void winograd_output(const float* points, std::int64_t point_stride, const WinogradTile& tile, const Finish& finish) {
  constexpr int kSide = kTile + 2;
  const bool is_relu = finish.activation.kind == Activation::Kind::relu;
  for (std::int64_t channel = tile.first_channel; channel < tile.end_channel; channel += kLanes) {
    F32x16 columns[kSide][kTile];  // [column][row], after the transform of every column
    unrolled<kSide>([&](auto column) __attribute__((always_inline)) {
      F32x16 m[kSide];
      unrolled<kSide>([&](auto row) __attribute__((always_inline)) {
        m[row] = load<F32x16>(points + (row * kSide + column) * point_stride + channel);
      });
      winograd_out(m, columns[column]);
    });
    const F32x16 bias = load<F32x16>(finish.bias + channel);
    for (int row = 0; row < tile.rows; ++row) {
      F32x16 m[kSide];
      F32x16 y[kTile];
      unrolled<kSide>([&](auto column) __attribute__((always_inline)) { m[column] = columns[column][row]; });
      winograd_out(m, y);
      for (int column = 0; column < tile.columns; ++column) {
        const std::int64_t at = tile.first + row * tile.row_stride + column * tile.pixel_stride + channel;
        F32x16 value = y[column] + bias;
        if (finish.residual != nullptr) value += load<F32x16>(static_cast<const float*>(finish.residual) + at);
        value = is_relu ? larger(value, F32x16{}) : activate(value, finish.activation);
        store(static_cast<float*>(finish.output) + at, value);
      }
    }
  }
}

}  // namespace
}  // namespace rheo

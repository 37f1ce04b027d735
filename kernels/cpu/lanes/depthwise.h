// SPDX-License-Identifier: Apache-2.0
// The register tile of depthwise convolutions: P pixels times V vectors of channels, so that each weight is loaded once
// for P pixels. Include only from lanes/loops_<instruction set>.cpp; see vector.h.
#pragma once

#include "kernels/cpu/lanes/loops.h"
#include "kernels/cpu/lanes/tile.h"
#include "kernels/cpu/lanes/vector.h"

namespace rheo {
namespace {

// Whole: all V vectors are full ones; else the only one may be a part.
template <DType Type, int P, int V, bool Whole>
void depthwise_tile(const DepthwiseCall& call, const Finish& finish, std::int64_t channel, int first_pixel) {
  constexpr std::int64_t kBytes = static_cast<std::int64_t>(element_bytes(Type));
  const int count = static_cast<int>(call.channels - channel);
  F32x16 sums[P][V] = {};
  const F32x16 zero = splat(call.zero_point);
  constexpr bool kShifted = Type == DType::u8 || Type == DType::i8;
  for (int y = 0; y < call.rows; ++y) {
    for (int x = 0; x < call.columns; ++x) {
      const std::int64_t at = y * call.row_bytes + x * call.column_bytes + channel * kBytes;
      const float* weights = call.weights + y * call.weights_row + x * call.weights_column + channel;
      unrolled<V>([&](auto v) __attribute__((always_inline)) {
        const F32x16 weight = load<F32x16>(weights + v * kLanes);
        unrolled<P>([&](auto p) __attribute__((always_inline)) {
          const std::byte* from = call.pixels[first_pixel + p] + at + v * kLanes * kBytes;
          const F32x16 element = Whole ? load_as_f32(from, Type) : load_part(from, Type, count);
          sums[p][v] += weight * (kShifted ? element - zero : element);
        });
      });
    }
  }
  TileCall tile;
  tile.pixel_count = P;
  for (int p = 0; p < P; ++p) tile.outputs[p] = call.outputs[first_pixel + p];
  tile.first_channel = channel;
  tile.channels = Whole ? V * kLanes : count;
  tile.channel_stride = call.channels;
  if constexpr (Whole && Type == DType::f32) {
    const auto result = [&](auto p, auto v) __attribute__((always_inline)) { return sums[p][v]; };
    if (finish_in_registers<P, V>(result, tile, finish)) return;
  }
  finish_tile(&sums[0][0], V, tile, finish);
}

template <DType Type, int P, int V>
void depthwise_pixels(const DepthwiseCall& call, const Finish& finish, int first_pixel) {
  std::int64_t channel = 0;
  for (; channel + V * kLanes <= call.channels; channel += V * kLanes) {
    depthwise_tile<Type, P, V, true>(call, finish, channel, first_pixel);
  }
  if (V > 2 && channel + 2 * kLanes <= call.channels) {
    depthwise_tile<Type, P, 2, true>(call, finish, channel, first_pixel);
    channel += 2 * kLanes;
  }
  if (V > 1 && channel + kLanes <= call.channels) {
    depthwise_tile<Type, P, 1, true>(call, finish, channel, first_pixel);
    channel += kLanes;
  }
  if (channel < call.channels) depthwise_tile<Type, P, 1, false>(call, finish, channel, first_pixel);
}

template <DType Type, int P, int V>
void depthwise_typed(const DepthwiseCall& call, const Finish& finish) {
  int pixel = 0;
  for (; pixel + P <= call.pixel_count; pixel += P) depthwise_pixels<Type, P, V>(call, finish, pixel);
  for (; P > 3 && pixel + 3 <= call.pixel_count; pixel += 3) depthwise_pixels<Type, 3, V>(call, finish, pixel);
  for (; pixel < call.pixel_count; ++pixel) depthwise_pixels<Type, 1, V>(call, finish, pixel);
}

template <int P, int V>
void depthwise(const DepthwiseCall& call, const Finish& finish) {
  switch (call.dtype) {
    case DType::bf16: return depthwise_typed<DType::bf16, P, V>(call, finish);
    case DType::u8: return depthwise_typed<DType::u8, P, V>(call, finish);
    case DType::i8: return depthwise_typed<DType::i8, P, V>(call, finish);
    default: return depthwise_typed<DType::f32, P, V>(call, finish);
  }
}

}  // namespace
}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// The register tile of depthwise convolutions: P pixels times V vectors of channels, so that each weight is loaded once
// for P pixels. Include only from lanes/loops_<instruction set>.cpp; see vector.h.
#pragma once

#include "kernels/cpu/lanes/finish_steps.h"
#include "kernels/cpu/lanes/loops.h"
#include "kernels/cpu/lanes/tile.h"
#include "kernels/cpu/lanes/vector.h"

namespace rheo {
namespace {

// Kernel columns and stride as they are known when this is compiled: then neighbouring pixels share what both read, and
// each element is loaded once. 0 columns: any.
template <int Columns, int Stride>
struct Window {
  static constexpr int kColumns = Columns, kStride = Stride;
};
using AnyWindow = Window<0, 0>;

// sums += one kernel row. from, weights: its first element and weight of the tile's first channel.
template <typename Known, typename Vector, int P, int V, typename Load>
RHEO_INLINE void depthwise_row(const DepthwiseCall& call, const std::byte* from, const float* weights,
                               const Load& load_x, Vector (&sums)[P][V]) {
  constexpr int kColumns = Known::kColumns;
  constexpr int kStride = Known::kStride;
  if constexpr (kColumns > 0) {
    Vector weight[kColumns][V];
    unrolled<kColumns>([&](auto x) __attribute__((always_inline)) {
      unrolled<V>([&](auto v) __attribute__((always_inline)) {
        weight[x][v] = load<Vector>(weights + x * call.weights_column + v * kLanes);
      });
    });
    unrolled<(P - 1) * kStride + kColumns>([&](auto at) __attribute__((always_inline)) {
      unrolled<V>([&](auto v) __attribute__((always_inline)) {
        Vector element = load_x(from, v);
        keep_in_register(element);
        unrolled<kColumns>([&](auto x) __attribute__((always_inline)) {
          constexpr int kDistance = at - x;
          constexpr bool kIsRead = kDistance >= 0 && kDistance % kStride == 0 && kDistance / kStride < P;
          if constexpr (kIsRead) sums[kDistance / kStride][v] += weight[x][v] * element;
        });
      });
      from += call.column_bytes;
    });
  } else {
    for (int x = 0; x < call.columns; ++x) {
      unrolled<V>([&](auto v) __attribute__((always_inline)) {
        const Vector weight = load<Vector>(weights + x * call.weights_column + v * kLanes);
        unrolled<P>([&](auto p) __attribute__((always_inline)) {
          sums[p][v] += weight * load_x(from + x * call.column_bytes + p * call.pixel_step, v);
        });
      });
    }
  }
}

// The sums of a window, which begins at `from`, with weights from `weights` on. load_x(from, v): vector v of a pixel.
template <typename Known, typename Vector, int P, int V, typename Load>
RHEO_INLINE void depthwise_window(const DepthwiseCall& call, const std::byte* from, const float* weights,
                                  const Load& load_x, Vector (&sums)[P][V]) {
  for (int y = 0; y < call.rows; ++y) {
    depthwise_row<Known>(call, from, weights, load_x, sums);
    from += call.row_bytes;
    weights += call.weights_row;
  }
}

// Whole: all V vectors are full ones; else the only one may be a part. `window`: of the tile's first pixel, channel 0.
template <DType Type, typename Known, int P, int V, bool Whole>
void depthwise_tile(const DepthwiseCall& call, const Finish& finish, const std::byte* window, std::int64_t output,
                    TileCall& tile) {
  constexpr std::int64_t kBytes = static_cast<std::int64_t>(element_bytes(Type));
  constexpr bool kShifted = Type == DType::u8 || Type == DType::i8;
  F32x16 sums[P][V] = {};
  const std::byte* from = window + tile.first_channel * kBytes;
  const float* weights = call.weights + tile.first_channel;
  if constexpr (Whole) {
    unrolled<kPieces>([&](auto which) __attribute__((always_inline)) {
      constexpr int kFirst = which * kPieceLanes;
      Piece zero{};
      if constexpr (kShifted) zero = zero + call.zero_point;
      Piece piece[P][V] = {};
      const auto load_x = [&](const std::byte* at, auto v) __attribute__((always_inline)) {
        const Piece stored = load_piece(at + (v * kLanes + kFirst) * kBytes, Type);
        return kShifted ? Piece(stored - zero) : stored;
      };
      depthwise_window<Known>(call, from, weights + kFirst, load_x, piece);
      unrolled<P>([&](auto p) __attribute__((always_inline)) {
        unrolled<V>([&](auto v) __attribute__((always_inline)) { piece_of<which>(sums[p][v]) = piece[p][v]; });
      });
    });
  } else {
    const F32x16 zero = splat(call.zero_point);
    const auto load_x = [&](const std::byte* at, auto v) __attribute__((always_inline)) {
      const F32x16 stored = load_part(at + v * kLanes * kBytes, Type, tile.channels);
      return kShifted ? F32x16(stored - zero) : stored;
    };
    depthwise_window<Known>(call, from, weights, load_x, sums);
  }
  tile.pixel_count = P;
  for (int p = 0; p < P; ++p) tile.outputs[p] = output + p;
  const auto result = [&](auto p, auto v) __attribute__((always_inline)) { return sums[p][v]; };
  if constexpr (Type == DType::f32) {
    if (finish_in_registers<P, V>(result, tile, finish)) return;
  }
  if constexpr (kShifted) {
    if (finish_in_steps<P, V>(result, tile, finish)) return;
  }
  F32x16 results[P * V];
  unrolled<P>([&](auto p) __attribute__((always_inline)) {
    unrolled<V>([&](auto v) __attribute__((always_inline)) { results[p * V + v] = sums[p][v]; });
  });
  finish_tile(results, V, tile, finish);
}

// All pixels of the channels that `tile` names: so few that the rows which lines share stay in the first cache.
template <DType Type, typename Known, int P, int V, bool Whole>
void depthwise_channels(const DepthwiseCall& call, const Finish& finish, TileCall& tile) {
  for (std::int64_t line = 0; line < call.lines; ++line) {
    const std::byte* window = call.window + line * call.line_step;
    const std::int64_t output = call.output + line * call.output_step;
    std::int64_t pixel = 0;
    for (; pixel + P <= call.pixels; pixel += P) {
      depthwise_tile<Type, Known, P, V, Whole>(call, finish, window + pixel * call.pixel_step, output + pixel, tile);
    }
    const std::int64_t rest = call.pixels - pixel;
    unrolled<P - 1>([&](auto p) {
      if (rest != p + 1) return;
      depthwise_tile<Type, Known, p + 1, V, Whole>(call, finish, window + pixel * call.pixel_step, output + pixel,
                                                   tile);
    });
  }
}

template <DType Type, typename Known, int P, int V>
void depthwise_all(const DepthwiseCall& call, const Finish& finish) {
  TileCall tile;
  tile.channel_stride = call.channels;
  const auto take = [&](int channels) {
    tile.channels = channels;
    return tile.first_channel + channels <= call.channels;
  };
  for (; take(V * kLanes); tile.first_channel += V * kLanes)
    depthwise_channels<Type, Known, P, V, true>(call, finish, tile);
  for (; V > 1 && take(kLanes); tile.first_channel += kLanes)
    depthwise_channels<Type, Known, P, 1, true>(call, finish, tile);
  tile.channels = static_cast<int>(call.channels - tile.first_channel);
  if (tile.channels > 0) depthwise_channels<Type, Known, P, 1, false>(call, finish, tile);
}

// Channels first keeps the lines of a few channels in the first cache, and takes a pixel's channels from far apart.
// Pixels first reads and writes what lies side by side. On AVX2, in pieces of a register, that takes 2 % from the whole
// of MobileNetV2 in f32 and 5 % in int8; on AVX-512 it was not measured.
inline constexpr bool kChannelsFirst = kRegisterBytes == 64;

template <DType Type, typename Known, int P, int V>
void depthwise_run(const DepthwiseCall& call, const Finish& finish) {
  if constexpr (kChannelsFirst) return depthwise_all<Type, Known, P, V>(call, finish);
  DepthwiseCall some = call;
  some.lines = 1;
  for (std::int64_t line = 0; line < call.lines; ++line) {
    for (std::int64_t pixel = 0; pixel < call.pixels; pixel += P) {
      some.window = call.window + line * call.line_step + pixel * call.pixel_step;
      some.output = call.output + line * call.output_step + pixel;
      some.pixels = call.pixels - pixel < P ? call.pixels - pixel : P;
      depthwise_all<Type, Known, P, V>(some, finish);
    }
  }
}

// P: pixels where the window is known, V: vectors of single pixels where it is not, as at the borders.
template <DType Type, int P, int V>
void depthwise_typed(const DepthwiseCall& call, const Finish& finish) {
  const bool is_near = call.pixel_step == call.column_bytes;
  const bool is_apart = call.pixel_step == 2 * call.column_bytes;
  if (call.columns == 3 && is_near) return depthwise_run<Type, Window<3, 1>, P, 1>(call, finish);
  if (call.columns == 3 && is_apart) return depthwise_run<Type, Window<3, 2>, P, 1>(call, finish);
  if (call.columns == 5 && is_near) return depthwise_run<Type, Window<5, 1>, P, 1>(call, finish);
  if (call.columns == 5 && is_apart) return depthwise_run<Type, Window<5, 2>, P, 1>(call, finish);
  if (call.pixels == 1) return depthwise_run<Type, AnyWindow, 1, V>(call, finish);
  depthwise_run<Type, AnyWindow, P, 1>(call, finish);
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

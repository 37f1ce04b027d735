// SPDX-License-Identifier: Apache-2.0
// The register tile of every matrix product here: P pixels times V vectors of 16 output channels are held in registers
// while the elements stream by. Each step loads V weight vectors once and P elements, and does P * V multiply-adds.
// Include only from files named for an instruction set; see vector.h.
#pragma once

#include <limits>
#include <type_traits>
#include <utility>

#include "kernels/cpu/lanes/activate.h"
#include "kernels/cpu/lanes/loops.h"
#include "kernels/cpu/lanes/unrolled.h"
#include "kernels/cpu/lanes/vector.h"

namespace rheo {
namespace {

struct DotF32 {
  using Sum = F32x16;
  static constexpr int kStep = 1;
  static RHEO_INLINE Sum first(const std::int32_t*) { return Sum{}; }
  static RHEO_INLINE Sum multiply_add(const Sum& sum, const std::byte* element, const std::byte* weights) {
    float x;
    std::memcpy(&x, element, sizeof(x));
    return sum + x * load<F32x16>(weights);
  }
  static RHEO_INLINE F32x16 to_f32(const Sum& sum) { return sum; }
};

// Sums of products of 8-bit values, exact up to 2^40: what is worth 2^16 and more moves from `low` to `high`, so that
// neither ever rounds.
struct DotWide {
  struct Sum {
    F32x16 low{}, high{};
    RHEO_INLINE void operator+=(const Sum& other) {
      high += other.high;
      *this = carried(low + other.low);
    }
    RHEO_INLINE Sum carried(const F32x16& sum) const {
      const F32x16 carry = (sum + splat(0x1.8p39F)) - splat(0x1.8p39F);  // to a multiple of 2^16
      return {sum - carry, high + carry};
    }
  };
  static constexpr int kStep = 1;
  static RHEO_INLINE Sum first(const std::int32_t*) { return Sum{}; }
  static RHEO_INLINE Sum multiply_add(const Sum& sum, const std::byte* element, const std::byte* weights) {
    float x;
    std::memcpy(&x, element, sizeof(x));
    return sum.carried(sum.low + x * load<F32x16>(weights));
  }
  static RHEO_INLINE F32x16 to_f32(const Sum& sum) { return sum.high + sum.low; }
};

// The common activations (none, relu, clamp) are two bounds, without a switch for every vector.
struct Bounds {
  explicit Bounds(const Activation& activation) : are_all(activation.kind <= Activation::Kind::clamp) {
    constexpr float kUnbounded = std::numeric_limits<float>::infinity();
    const bool is_clamp = activation.kind == Activation::Kind::clamp;
    low = splat(is_clamp ? activation.alpha : activation.kind == Activation::Kind::relu ? 0 : -kUnbounded);
    high = splat(is_clamp ? activation.beta : kUnbounded);
  }
  RHEO_INLINE F32x16 cut(const F32x16& y) const { return smaller(larger(y, low), high); }
  bool are_all;
  F32x16 low, high;
};

// sums: [pixels][vectors]. The types are template arguments so that the inner loop has no switch on them.
template <DType ResidualType, DType OutputType, bool HasResidual>
void finish_typed(const F32x16* sums, int vectors, const TileCall& call, const Finish& finish) {
  constexpr std::int64_t kResidualBytes = static_cast<std::int64_t>(element_bytes(ResidualType));
  constexpr std::int64_t kOutputBytes = static_cast<std::int64_t>(element_bytes(OutputType));
  const F32x16 residual_scale = splat(finish.residual_scale);
  const F32x16 output_scale = splat(finish.inverse_output_scale);
  const Activation activation = finish.activation;
  const Bounds bounds(activation);
  for (int v = 0; v < vectors; ++v) {
    const std::int64_t channel = call.first_channel + v * kLanes;
    const int count = call.channels - v * kLanes;
    const F32x16 scale = load<F32x16>(finish.scale + channel);
    const F32x16 bias = load<F32x16>(finish.bias + channel);
    for (int p = 0; p < call.pixel_count; ++p) {
      const std::int64_t at = call.outputs[p] * call.channel_stride + channel;
      F32x16 y = sums[p * vectors + v] * scale + bias;
      if constexpr (HasResidual) {
        const std::byte* from = static_cast<const std::byte*>(finish.residual) + at * kResidualBytes;
        y += load_part(from, ResidualType, count) * residual_scale;
      }
      y = bounds.are_all ? bounds.cut(y) : activate(y, activation);
      if constexpr (OutputType == DType::u8 || OutputType == DType::i8) y *= output_scale;
      store_part(static_cast<std::byte*>(finish.output) + at * kOutputBytes, y, OutputType, count,
                 finish.output_zero_point);
    }
  }
}

template <DType OutputType>
void finish_residual(const F32x16* sums, int vectors, const TileCall& call, const Finish& finish) {
  if (finish.residual == nullptr) return finish_typed<DType::f32, OutputType, false>(sums, vectors, call, finish);
  switch (finish.residual_dtype) {
    case DType::bf16: return finish_typed<DType::bf16, OutputType, true>(sums, vectors, call, finish);
    case DType::u8: return finish_typed<DType::u8, OutputType, true>(sums, vectors, call, finish);
    case DType::i8: return finish_typed<DType::i8, OutputType, true>(sums, vectors, call, finish);
    default: return finish_typed<DType::f32, OutputType, true>(sums, vectors, call, finish);
  }
}

// Whole vectors as they are, for a product that is only half of the way.
void store_sums(const F32x16* sums, int vectors, const TileCall& call, const Finish& finish) {
  for (int p = 0; p < call.pixel_count; ++p) {
    float* to = static_cast<float*>(finish.output) + call.outputs[p] * call.channel_stride + call.first_channel;
    for (int v = 0; v < vectors; ++v) store(to + v * kLanes, sums[p * vectors + v]);
  }
}

__attribute__((noinline)) void finish_tile(const F32x16* sums, int vectors, const TileCall& call,
                                           const Finish& finish) {
  if (finish.scale == nullptr) return store_sums(sums, vectors, call, finish);
  switch (finish.output_dtype) {
    case DType::bf16: return finish_residual<DType::bf16>(sums, vectors, call, finish);
    case DType::u8: return finish_residual<DType::u8>(sums, vectors, call, finish);
    case DType::i8: return finish_residual<DType::i8>(sums, vectors, call, finish);
    default: return finish_residual<DType::f32>(sums, vectors, call, finish);
  }
}

// The end of a tile of f32 within bounds, straight from the registers. Whole: all channels are there, else those of the
// last vector are a part. result(p, v) is a sum.
template <int P, int V, bool HasResidual, bool Whole, typename Result>
RHEO_INLINE void finish_sums(const Result& result, const TileCall& call, const Finish& finish, const Bounds& bounds) {
  const F32x16 residual_scale = splat(finish.residual_scale);
  const float* residual = HasResidual ? static_cast<const float*>(finish.residual) + call.first_channel : nullptr;
  float* output = static_cast<float*>(finish.output) + call.first_channel;
  const float* scales = finish.scale + call.first_channel;
  const float* biases = finish.bias + call.first_channel;
  const int last = call.channels - (V - 1) * kLanes;
  std::int64_t at[P];  // known before anything is stored, so that nothing is read twice
  unrolled<P>([&](auto p) __attribute__((always_inline)) { at[p] = call.outputs[p] * call.channel_stride; });
  unrolled<V>([&](auto v) __attribute__((always_inline)) {
    const F32x16 scale = load<F32x16>(scales + v * kLanes);
    const F32x16 bias = load<F32x16>(biases + v * kLanes);
    unrolled<P>([&](auto p) __attribute__((always_inline)) {
      F32x16 y = result(p, v) * scale + bias;
      if constexpr (HasResidual) {
        const float* from = residual + at[p] + v * kLanes;
        y += (Whole || v + 1 < V ? load<F32x16>(from) : load_part(from, DType::f32, last)) * residual_scale;
      }
      y = bounds.cut(y);
      float* to = output + at[p] + v * kLanes;
      if (Whole || v + 1 < V) {
        store(to, y);
      } else {
        store_part(to, y, DType::f32, last);
      }
    });
  });
}

// The most common end, f32 within bounds with or without a residual of f32, goes from the registers to its place: short
// sums spend as long on their end as on their products. False: another end, nothing is done.
template <int P, int V, typename Result>
RHEO_INLINE bool finish_in_registers(const Result& result, const TileCall& call, const Finish& finish) {
  const Bounds bounds(finish.activation);
  const bool has_residual = finish.residual != nullptr;
  const bool is_common = finish.scale != nullptr && finish.output_dtype == DType::f32 && bounds.are_all &&
                         (!has_residual || finish.residual_dtype == DType::f32);
  if (!is_common) return false;
  if (call.channels >= V * kLanes) {
    if (has_residual) finish_sums<P, V, true, true>(result, call, finish, bounds);
    if (!has_residual) finish_sums<P, V, false, true>(result, call, finish, bounds);
  } else {
    if (has_residual) finish_sums<P, V, true, false>(result, call, finish, bounds);
    if (!has_residual) finish_sums<P, V, false, false>(result, call, finish, bounds);
  }
  return true;
}

// A residual often comes from far away; asked for now, it arrives while the products are summed.
template <int P, int V>
RHEO_INLINE void call_residual(const TileCall& call, const Finish& finish) {
  if (finish.residual == nullptr || finish.residual_dtype != DType::f32) return;
  const float* residual = static_cast<const float*>(finish.residual) + call.first_channel;
  unrolled<P>([&](auto p) __attribute__((always_inline)) {
    const float* from = residual + call.outputs[p] * call.channel_stride;
    unrolled<V>([&](auto v) __attribute__((always_inline)) { __builtin_prefetch(from + v * kLanes); });
  });
}

// Few sums would wait for each other's latency, so small tiles keep several partial sums per result.
template <typename Dot, int P, int V>
void tile(const TileCall& call, const Finish& finish) {
  constexpr int kChains = P * V >= 4 ? 1 : P * V >= 2 ? 2 : 4;
  constexpr int kElementBytes = 4;  // of one step: 1 f32, 2 bf16 or 4 8-bit elements
  constexpr int kWeightBytes = V * 64;
  typename Dot::Sum sums[kChains][P][V];
  unrolled<V>([&](auto v) __attribute__((always_inline)) {
    const typename Dot::Sum first = Dot::first(call.start == nullptr ? nullptr : call.start + v * kLanes);
    unrolled<P>([&](auto p) __attribute__((always_inline)) {
      sums[0][p][v] = first;
      unrolled<kChains - 1>([&](auto chain)
                                __attribute__((always_inline)) { sums[chain + 1][p][v] = typename Dot::Sum{}; });
    });
  });
  if constexpr (std::is_same_v<Dot, DotF32>) call_residual<P, V>(call, finish);
  const std::byte* weights = call.weights;
  for (int segment = 0; segment < call.segments; ++segment) {
    const std::byte* pixels[P];
    unrolled<P>([&](auto p)
                    __attribute__((always_inline)) { pixels[p] = call.pixels[p] + call.segment_offsets[segment]; });
    const auto step = [&](auto chain, std::ptrdiff_t at) __attribute__((always_inline)) {
      unrolled<P>([&](auto p) __attribute__((always_inline)) {
        unrolled<V>([&](auto v) __attribute__((always_inline)) {
          sums[chain][p][v] = Dot::multiply_add(sums[chain][p][v], pixels[p] + at * kElementBytes,
                                                weights + chain * kWeightBytes + v * 64);
        });
      });
    };
    int at = 0;
    for (; at + kChains <= call.steps; at += kChains) {
      unrolled<kChains>([&](auto chain) __attribute__((always_inline)) { step(chain, at + chain); });
      weights += kChains * kWeightBytes;
    }
    if constexpr (kChains > 1) {
      for (; at < call.steps; ++at) {
        step(std::integral_constant<int, 0>{}, at);
        weights += kWeightBytes;
      }
    }
    weights += call.skipped_steps * kWeightBytes;
  }
  const auto result = [&](auto p, auto v) __attribute__((always_inline)) {
    typename Dot::Sum sum = sums[0][p][v];
    unrolled<kChains - 1>([&](auto chain) __attribute__((always_inline)) { sum += sums[chain + 1][p][v]; });
    return Dot::to_f32(sum);
  };
  if constexpr (!std::is_same_v<Dot, DotWide>) {
    if (finish_in_registers<P, V>(result, call, finish)) return;
  }
  if constexpr (requires { Dot::template finish<P, V>(sums[0], call, finish); }) {
    if (kChains == 1 && Dot::template finish<P, V>(sums[0], call, finish)) return;
  }
  F32x16 results[P * V];
  unrolled<P>([&](auto p) __attribute__((always_inline)) {
    unrolled<V>([&](auto v) __attribute__((always_inline)) { results[p * V + v] = result(p, v); });
  });
  finish_tile(results, V, call, finish);
}

template <typename Dot, int P, int MaxV>
void tile_of_pixels(const TileCall& call, const Finish& finish) {
  const int vectors = (call.channels + kLanes - 1) / kLanes;
  unrolled<MaxV>([&](auto v) {
    if (vectors == v + 1) tile<Dot, P, v + 1>(call, finish);
  });
}

template <typename Dot, int MaxP, int MaxV>
void tile_entry(const TileCall& call, const Finish& finish) {
  unrolled<MaxP>([&](auto p) {
    if (call.pixel_count == p + 1) tile_of_pixels<Dot, p + 1, MaxV>(call, finish);
  });
}

template <typename Dot, int P, int V>
void run_of_tiles(const RunCall& run, const Finish& finish) {
  TileCall call = run.tile;
  call.pixel_count = P;
  const auto place = [&](std::int64_t first, int pixels) __attribute__((always_inline)) {
    for (int p = 0; p < pixels; ++p) {
      call.pixels[p] = run.pixels + (first + p) * run.pixel_bytes;
      call.outputs[p] = run.output + first + p;
    }
  };
  std::int64_t first = 0;
  for (; first + P <= run.count; first += P) {
    place(first, P);
    tile<Dot, P, V>(call, finish);
  }
  call.pixel_count = static_cast<int>(run.count - first);
  place(first, call.pixel_count);
  unrolled<P - 1>([&](auto p) {
    if (call.pixel_count == p + 1) tile<Dot, p + 1, V>(call, finish);
  });
}

template <typename Dot, int MaxP, int MaxV>
void run_entry(const RunCall& run, const Finish& finish) {
  const int vectors = (run.tile.channels + kLanes - 1) / kLanes;
  unrolled<MaxV>([&](auto v) {
    if (vectors == v + 1) run_of_tiles<Dot, MaxP, v + 1>(run, finish);
  });
}

}  // namespace
}  // namespace rheo

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

// The most common end, whole vectors of f32 within bounds, goes from the registers to its place: short sums spend as
// long on their end as on their products. False: another end, nothing is done. result(p, v) is a sum.
template <int P, int V, typename Result>
RHEO_INLINE bool finish_in_registers(const Result& result, const TileCall& call, const Finish& finish) {
  const Bounds bounds(finish.activation);
  const bool is_common = finish.scale != nullptr && finish.residual == nullptr && finish.output_dtype == DType::f32;
  if (!is_common || !bounds.are_all || call.channels < V * kLanes) return false;
  unrolled<V>([&](auto v) __attribute__((always_inline)) {
    const std::int64_t channel = call.first_channel + v * kLanes;
    const F32x16 scale = load<F32x16>(finish.scale + channel);
    const F32x16 bias = load<F32x16>(finish.bias + channel);
    float* to = static_cast<float*>(finish.output) + channel;
    unrolled<P>([&](auto p) __attribute__((always_inline)) {
      store(to + call.outputs[p] * call.channel_stride, bounds.cut(result(p, v) * scale + bias));
    });
  });
  return true;
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

}  // namespace
}  // namespace rheo

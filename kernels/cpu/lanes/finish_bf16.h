// SPDX-License-Identifier: Apache-2.0
// The end of sums whose result is bf16, from the registers to their place. Needs AVX-512; include only from files
// compiled for an instruction set that has it.
#pragma once

#ifndef __clang__
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // gcc 12 means the unused operand inside its own intrinsics
#endif
#include <immintrin.h>

#include "kernels/cpu/lanes/loops.h"
#include "kernels/cpu/lanes/quick_gelu.h"
#include "kernels/cpu/lanes/tile.h"
#include "kernels/cpu/lanes/unrolled.h"
#include "kernels/cpu/lanes/vector.h"

namespace rheo {
namespace {

// P pixels x V vectors of channels; the last vector may be a part. result(p, v) is a sum, end(y) what follows the
// scale, the bias and the residual, rounded(y) sixteen results as bf16.
template <int P, int V, typename Result, typename End, typename Rounded>
RHEO_INLINE void store_bf16(const Result& result, const End& end, const Rounded& rounded, const TileCall& call,
                            const Finish& finish) {
  unrolled<V>([&](auto v) __attribute__((always_inline)) {
    const std::int64_t channel = call.first_channel + v * kLanes;
    const int count = call.channels - v * kLanes;
    const auto mask = static_cast<__mmask16>(count >= kLanes ? 0xFFFF : (1U << count) - 1U);
    const F32x16 scale = load<F32x16>(finish.scale + channel);
    const F32x16 bias = load<F32x16>(finish.bias + channel);
    unrolled<P>([&](auto p) __attribute__((always_inline)) {
      const std::int64_t at = (call.outputs[p] * call.channel_stride + channel) * 2;
      F32x16 y = result(p, v) * scale + bias;
      if (finish.residual != nullptr) {
        const std::byte* from = static_cast<const std::byte*>(finish.residual) + at;
        y += f32_from_bf16(bits_as<U16x16>(_mm256_maskz_loadu_epi16(mask, from)));
      }
      const auto halves = bits_as<__m256i>(rounded(end(y)));
      std::byte* to = static_cast<std::byte*>(finish.output) + at;
      if (count >= kLanes) {
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), halves);
      } else {
        _mm256_mask_storeu_epi16(to, mask, halves);
      }
    });
  });
}

// Results of bf16 within bounds or behind a gelu. False: another end, nothing is done.
template <int P, int V, typename Result, typename Rounded>
RHEO_INLINE bool finish_in_bf16(const Result& result, const Rounded& rounded, const TileCall& call,
                                const Finish& finish) {
  const Bounds bounds(finish.activation);
  const bool is_gelu = finish.activation.kind == Activation::Kind::gelu;
  const bool is_served = finish.scale != nullptr && finish.output_dtype == DType::bf16 &&
                         (finish.residual == nullptr || finish.residual_dtype == DType::bf16);
  if (!is_served || (!bounds.are_all && !is_gelu)) return false;
  if (is_gelu) {
    store_bf16<P, V>(
        result,
        [](const F32x16& y) __attribute__((always_inline)) { return bits_as<F32x16>(quick_gelu(bits_as<__m512>(y))); },
        rounded, call, finish);
  } else {
    store_bf16<P, V>(
        result, [&](const F32x16& y) __attribute__((always_inline)) { return bounds.cut(y); }, rounded, call, finish);
  }
  return true;
}

}  // namespace
}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// The end of 8-bit sums whose result is 8-bit again, from the registers to their place: one multiply-add in steps of
// the result, two bounds, one conversion. Needs AVX-512; include only from files compiled for an instruction set that
// has it.
#pragma once

#ifndef __clang__
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // gcc 12 means the unused operand inside its own intrinsics
#endif
#include <immintrin.h>

#include "kernels/cpu/lanes/loops.h"
#include "kernels/cpu/lanes/quick_gelu.h"
#include "kernels/cpu/lanes/unrolled.h"
#include "kernels/cpu/lanes/vector.h"

namespace rheo {
namespace {

// What is the same for all sums of a call.
struct ByteBounds {
  explicit ByteBounds(const Finish& finish)
      : low(_mm512_set1_ps(finish.byte_low)),
        high(_mm512_set1_ps(finish.byte_high)),
        residual_scale(_mm512_set1_ps(finish.byte_residual_scale)),
        inverse_scale(_mm512_set1_ps(finish.inverse_output_scale)),
        zero_point(_mm512_set1_ps(static_cast<float>(finish.output_zero_point))) {}
  // Of what has neither a residual nor a gelu.
  ByteBounds(float lowest, float highest) : low(_mm512_set1_ps(lowest)), high(_mm512_set1_ps(highest)) {}
  __m512 low, high;
  __m512 residual_scale{}, inverse_scale{}, zero_point{};
};

// Sixteen sums as whole steps within the bounds. Scales and biases are finite, so there is no NaN. Bounds that are
// those of the type need no instruction: what turns steps into bytes cuts there anyway (Finish::is_bounded_by_type).
template <bool IsBoundedByType>
RHEO_INLINE __m512i steps_of(__m512i sum, __m512 scale, __m512 bias, const ByteBounds& bounds) {
  const __m512 y = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sum), scale, bias);
  if constexpr (IsBoundedByType) return _mm512_cvtps_epi32(y);
  return _mm512_cvtps_epi32(_mm512_min_ps(bounds.high, _mm512_max_ps(bounds.low, y)));
}

// Of eight sums.
template <bool IsBoundedByType>
RHEO_INLINE __m256i steps_of(__m256i sum, __m256 scale, __m256 bias, const ByteBounds& bounds) {
  const __m256 y = _mm256_fmadd_ps(_mm256_cvtepi32_ps(sum), scale, bias);
  if constexpr (IsBoundedByType) return _mm256_cvtps_epi32(y);
  return _mm256_cvtps_epi32(
      _mm256_min_ps(_mm512_castps512_ps256(bounds.high), _mm256_max_ps(_mm512_castps512_ps256(bounds.low), y)));
}

// The same behind a gelu: scale and bias are in real units.
RHEO_INLINE __m512i gelu_steps_of(__m512i sum, __m512 scale, __m512 bias, const ByteBounds& bounds) {
  const __m512 x = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sum), scale, bias);
  const __m512 y = _mm512_fmadd_ps(quick_gelu(x), bounds.inverse_scale, bounds.zero_point);
  return _mm512_cvtps_epi32(_mm512_min_ps(bounds.high, _mm512_max_ps(bounds.low, y)));
}

// The bias with what the sixteen elements of a residual add to it.
template <DType ResidualType>
RHEO_INLINE __m512 with_residual(__m512 bias, const ByteBounds& bounds, const std::byte* residual, __mmask16 mask) {
  const __m128i stored = _mm_maskz_loadu_epi8(mask, residual);
  const __m512i wide = ResidualType == DType::u8 ? _mm512_cvtepu8_epi32(stored) : _mm512_cvtepi8_epi32(stored);
  return _mm512_fmadd_ps(_mm512_cvtepi32_ps(wide), bounds.residual_scale, bias);
}

// Bytes of four vectors of whole steps, in each 128-bit lane one after the other: a[0..3], b[0..3], c[0..3], d[0..3].
RHEO_INLINE __m512i bytes_in_lanes(__m512i a, __m512i b, __m512i c, __m512i d, bool is_signed) {
  const __m512i low = _mm512_packs_epi32(a, b);
  const __m512i high = _mm512_packs_epi32(c, d);
  return is_signed ? _mm512_packs_epi16(low, high) : _mm512_packus_epi16(low, high);
}

RHEO_INLINE __m256i bytes_in_lanes(__m256i a, __m256i b, __m256i c, __m256i d, bool is_signed) {
  const __m256i low = _mm256_packs_epi32(a, b);
  const __m256i high = _mm256_packs_epi32(c, d);
  return is_signed ? _mm256_packs_epi16(low, high) : _mm256_packus_epi16(low, high);
}

// Bytes of one vector of whole steps, cut at the bounds of the type.
RHEO_INLINE __m128i bytes_of(__m512i steps, bool is_signed) {
  if (is_signed) return _mm512_cvtsepi32_epi8(steps);
  return _mm512_cvtusepi32_epi8(_mm512_max_epi32(steps, _mm512_setzero_si512()));
}

RHEO_INLINE __mmask16 mask_of(int count) {
  return static_cast<__mmask16>(count >= kLanes ? 0xFFFF : (1U << count) - 1U);
}

// Whether this end serves the call.
inline bool ends_in_bytes(const Finish& finish) {
  const bool residual_fits =
      finish.residual == nullptr || finish.residual_dtype == DType::u8 || finish.residual_dtype == DType::i8;
  return finish.byte_scale != nullptr && residual_fits;
}

// P pixels x V vectors of channels in their natural order; the last vector may be a part. sum(p, v) is a vector of
// 32-bit sums, steps(sum, scale, bias, at, mask) what becomes of it; `at` is its element of the output.
template <int P, int V, typename Sum, typename Steps>
RHEO_INLINE void store_bytes(const Sum& sum, const Steps& steps, const TileCall& call, const Finish& finish) {
  std::byte* to = static_cast<std::byte*>(finish.output) + call.first_channel;
  __m512i whole[P][V];
  unrolled<V>([&](auto v) __attribute__((always_inline)) {
    const __mmask16 mask = mask_of(call.channels - v * kLanes);
    const __m512 scale = _mm512_loadu_ps(finish.byte_scale + call.first_channel + v * kLanes);
    const __m512 bias = _mm512_loadu_ps(finish.byte_bias + call.first_channel + v * kLanes);
    unrolled<P>([&](auto p) __attribute__((always_inline)) {
      whole[p][v] = steps(sum(p, v), scale, bias, call.outputs[p] * call.channel_stride + v * kLanes, mask);
    });
  });
  const bool is_signed = finish.output_dtype == DType::i8;
  if constexpr (V == 4) {
    if (call.channels == 64) {
      const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
      unrolled<P>([&](auto p) __attribute__((always_inline)) {
        const __m512i lanes = bytes_in_lanes(whole[p][0], whole[p][1], whole[p][2], whole[p][3], is_signed);
        _mm512_storeu_si512(to + call.outputs[p] * call.channel_stride, _mm512_permutexvar_epi32(order, lanes));
      });
      return;
    }
  }
  unrolled<V>([&](auto v) __attribute__((always_inline)) {
    const __mmask16 mask = mask_of(call.channels - v * kLanes);
    unrolled<P>([&](auto p) __attribute__((always_inline)) {
      std::byte* at = to + call.outputs[p] * call.channel_stride + v * kLanes;
      const __m128i bytes = bytes_of(whole[p][v], is_signed);
      if (mask == 0xFFFF) {
        _mm_storeu_si128(reinterpret_cast<__m128i*>(at), bytes);
      } else {
        _mm_mask_storeu_epi8(at, mask, bytes);
      }
    });
  });
}

template <int P, int V, typename Sum>
RHEO_INLINE bool finish_in_bytes(const Sum& sum, const TileCall& call, const Finish& finish) {
  if (!ends_in_bytes(finish)) return false;
  const ByteBounds bounds(finish);
  const std::byte* residual =
      finish.residual == nullptr ? nullptr : static_cast<const std::byte*>(finish.residual) + call.first_channel;
  const auto store = [&](const auto& steps) __attribute__((always_inline)) {
    store_bytes<P, V>(sum, steps, call, finish);
  };
  const auto with = [&](auto dtype) __attribute__((always_inline)) {
    store([&](__m512i s, __m512 scale, __m512 bias, std::int64_t at, __mmask16 mask) __attribute__((always_inline)) {
      return steps_of<false>(s, scale, with_residual<dtype()>(bias, bounds, residual + at, mask), bounds);
    });
  };
  if (finish.is_byte_gelu) {
    store([&](__m512i s, __m512 scale, __m512 bias, std::int64_t, __mmask16)
              __attribute__((always_inline)) { return gelu_steps_of(s, scale, bias, bounds); });
  } else if (finish.residual == nullptr && finish.is_bounded_by_type) {
    store([&](__m512i s, __m512 scale, __m512 bias, std::int64_t, __mmask16)
              __attribute__((always_inline)) { return steps_of<true>(s, scale, bias, bounds); });
  } else if (finish.residual == nullptr) {
    store([&](__m512i s, __m512 scale, __m512 bias, std::int64_t, __mmask16)
              __attribute__((always_inline)) { return steps_of<false>(s, scale, bias, bounds); });
  } else if (finish.residual_dtype == DType::u8) {
    with([] { return DType::u8; });
  } else {
    with([] { return DType::i8; });
  }
  return true;
}

}  // namespace
}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// Weights of an attention as bf16, which keeps eight bits of them, and 8-bit values, which it holds exactly. Tested by
// tests/agree/kernels_attention_test.cpp.
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // gcc 12 means the unused operand inside its own intrinsics
#endif
#include <immintrin.h>

#include "kernels/cpu/lanes/attend.h"
#include "kernels/cpu/lanes/attend_call.h"
#include "kernels/cpu/lanes/attend_pack.h"
#include "kernels/cpu/lanes/vector.h"

namespace rheo {
namespace {

// 2^x for x up to 0 as 2^n * 2^r with |r| <= 1/2; the second factor is a polynomial, a least-squares fit weighted
// towards the smallest largest error, 4e-6 of the result. Below -200 it is 0.
RHEO_INLINE __m512 quick_exp2(__m512 exponent) {
  const __m512 x = _mm512_max_ps(_mm512_set1_ps(-200.0F), exponent);  // the second operand wins where one is NaN
  const __m512 n = _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  const __m512 r = _mm512_sub_ps(x, n);
  __m512 p = _mm512_set1_ps(0.00957010221F);
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(0.0559178628F));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(0.240247443F));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(0.693121791F));
  p = _mm512_fmadd_ps(p, r, _mm512_set1_ps(0.999999285F));
  return _mm512_scalef_ps(p, n);
}

}  // namespace

void attend_bf16(const AttendCall& call, void* weights) {
  constexpr float kLog2OfE = 1.44269504F;
  attend_rows(
      call, [&](std::int64_t row, const float* scores, float base) __attribute__((always_inline)) {
        auto* to = static_cast<std::uint16_t*>(weights) + row * call.stride;
        const __m512 shift = _mm512_set1_ps(base * kLog2OfE);
        const auto weight = [&](std::int64_t i) __attribute__((always_inline)) {
          return quick_exp2(_mm512_fmsub_ps(_mm512_loadu_ps(scores + i), _mm512_set1_ps(kLog2OfE), shift));
        };
        __m512 totals = _mm512_setzero_ps();
        for (std::int64_t i = 0; i < call.stride; i += kLanes) {
          const __m512 here = weight(i);
          totals = _mm512_add_ps(totals, here);
          _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + i), bits_as<__m256i>(_mm512_cvtneps_pbh(here)));
        }
        return bits_as<F32x16>(totals);
      });
}

void pack_value_pairs_bf16(const void* first, const void* second, DType dtype, int zero_point, void* pairs,
                           std::int64_t count) {
  const F32x16 zero = splat(static_cast<float>(zero_point));
  const auto centred = [&](const void* row, std::int64_t i) __attribute__((always_inline)) {
    return bits_as<U32x16>(load_part(static_cast<const std::byte*>(row) + i, dtype, lanes_left(count, i)) - zero);
  };
  for (std::int64_t i = 0; i < count; i += kLanes) {
    const U32x16 low = centred(first, i) >> 16;
    const U32x16 high = second == nullptr ? U32x16{} : centred(second, i) & 0xFFFF0000U;
    store(static_cast<std::uint32_t*>(pairs) + i, low | high);
  }
}

}  // namespace rheo

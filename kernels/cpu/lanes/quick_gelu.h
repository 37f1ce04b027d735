// SPDX-License-Identifier: Apache-2.0
// A gelu for results that keep few digits, as bf16 and 8-bit steps do. Needs AVX-512; include only from files compiled
// for an instruction set that has it.
#pragma once

#include <immintrin.h>

#include "kernels/cpu/lanes/vector.h"

namespace rheo {
namespace {

// x * (1 + erf(x / sqrt(2))) / 2 with the second factor as 0.5 + x * p(x^2), p being a least-squares fit weighted
// towards the smallest largest error against what bf16 can tell apart: at most 2e-6 and 2^-9 of the result. Up to -5 it
// stays at -1e-6. The variable of p goes from -1 to 1, because powers of x^2 would cancel each other. The second
// operand of a bound wins where one is NaN.
RHEO_INLINE __m512 quick_gelu(__m512 x) {
  constexpr float kLimit = 5.0F;
  const __m512 above = _mm512_max_ps(_mm512_set1_ps(-kLimit), x);
  const __m512 inside = _mm512_min_ps(_mm512_set1_ps(kLimit), above);
  const __m512 place =
      _mm512_fmsub_ps(_mm512_mul_ps(inside, inside), _mm512_set1_ps(2 / (kLimit * kLimit)), _mm512_set1_ps(1.0F));
  __m512 p = _mm512_set1_ps(0.0010023322F);
  p = _mm512_fmadd_ps(p, place, _mm512_set1_ps(-0.00417311722F));
  p = _mm512_fmadd_ps(p, place, _mm512_set1_ps(0.00796984695F));
  p = _mm512_fmadd_ps(p, place, _mm512_set1_ps(-0.0111707486F));
  p = _mm512_fmadd_ps(p, place, _mm512_set1_ps(0.0158551447F));
  p = _mm512_fmadd_ps(p, place, _mm512_set1_ps(-0.0230747815F));
  p = _mm512_fmadd_ps(p, place, _mm512_set1_ps(0.0314665064F));
  p = _mm512_fmadd_ps(p, place, _mm512_set1_ps(-0.0404669158F));
  p = _mm512_fmadd_ps(p, place, _mm512_set1_ps(0.051524017F));
  p = _mm512_fmadd_ps(p, place, _mm512_set1_ps(-0.0702960566F));
  p = _mm512_fmadd_ps(p, place, _mm512_set1_ps(0.14136374F));
  return _mm512_mul_ps(above, _mm512_fmadd_ps(inside, p, _mm512_set1_ps(0.5F)));
}

}  // namespace
}  // namespace rheo

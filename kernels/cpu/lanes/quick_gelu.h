// SPDX-License-Identifier: Apache-2.0
// A gelu for results that keep few digits, as 8-bit steps do. Needs AVX-512; include only from files compiled for an
// instruction set that has it.
#pragma once

#include <immintrin.h>

#include "kernels/cpu/lanes/vector.h"

namespace rheo {
namespace {

// x * (1 + erf(x / sqrt(2))) / 2 with the second factor as 0.5 + x * (polynomial of x^2), a least-squares fit weighted
// towards the smallest largest error: 6e-5 up to 8, and beyond that 1e-5 of the result.
RHEO_INLINE __m512 quick_gelu(__m512 x) {
  const __m512 limit = _mm512_set1_ps(4.2F);
  const __m512 inside = _mm512_min_ps(limit, _mm512_max_ps(_mm512_sub_ps(_mm512_setzero_ps(), limit), x));
  const __m512 square = _mm512_mul_ps(inside, inside);
  __m512 p = _mm512_set1_ps(4.92376753e-11F);
  p = _mm512_fmadd_ps(p, square, _mm512_set1_ps(-4.79562201e-09F));
  p = _mm512_fmadd_ps(p, square, _mm512_set1_ps(2.0724634e-07F));
  p = _mm512_fmadd_ps(p, square, _mm512_set1_ps(-5.28954209e-06F));
  p = _mm512_fmadd_ps(p, square, _mm512_set1_ps(8.98357178e-05F));
  p = _mm512_fmadd_ps(p, square, _mm512_set1_ps(-0.00108645769F));
  p = _mm512_fmadd_ps(p, square, _mm512_set1_ps(0.00974093587F));
  p = _mm512_fmadd_ps(p, square, _mm512_set1_ps(-0.0662220699F));
  p = _mm512_fmadd_ps(p, square, _mm512_set1_ps(0.398834575F));
  return _mm512_mul_ps(x, _mm512_fmadd_ps(inside, p, _mm512_set1_ps(0.5F)));
}

}  // namespace
}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// More unary functions on 16 lanes, beside those of activate.h. Errors against the exact value, tested by
// tests/kernels/cpu/function_test.cpp: exp, log, softplus, mish, elu and its kin at most 2^-21 relative, erf 2^-20;
// exp below 1e-37 is 0. sqrt, reciprocal, softsign and what rounds are as exact as their formulas. NaN gives NaN.
// Include only from lanes/element_loops_<instruction set>.cpp; see vector.h.
#pragma once

#include "kernels/cpu/lanes/activate.h"
#include "kernels/cpu/lanes/vector.h"

namespace rheo {
namespace {

inline constexpr std::uint32_t kSignBit = 0x80000000U;

RHEO_INLINE F32x16 absolute(const F32x16& x) { return bits_as<F32x16>(bits_as<U32x16>(x) & ~kSignBit); }
RHEO_INLINE F32x16 with_sign_of(const F32x16& sign, const F32x16& size) {
  return bits_as<F32x16>((bits_as<U32x16>(sign) & kSignBit) | (bits_as<U32x16>(size) & ~kSignBit));
}

// Vector extensions know no square root.
RHEO_INLINE F32x16 square_root(const F32x16& x) {
#if defined(__AVX512F__)
  return bits_as<F32x16>(_mm512_maskz_sqrt_ps(0xFFFF, bits_as<__m512>(x)));
#elif defined(__AVX2__)
  return {_mm256_sqrt_ps(x.low), _mm256_sqrt_ps(x.high)};
#else
  float lanes[kLanes];
  store(lanes, x);
  for (float& lane : lanes) lane = __builtin_sqrtf(lane);
  return load<F32x16>(lanes);
#endif
}

// Adding and taking off 2^23 leaves the whole number, ties to even; larger values are whole already.
RHEO_INLINE F32x16 round_even(const F32x16& x) {
  const F32x16 size = absolute(x);
  const F32x16 whole = (size + 8388608.0F) - 8388608.0F;
  return select(size < 8388608.0F, with_sign_of(x, whole), x);
}
RHEO_INLINE F32x16 round_down(const F32x16& x) {
  const F32x16 whole = round_even(x);
  return select(whole > x, whole - 1.0F, whole);
}
RHEO_INLINE F32x16 round_up(const F32x16& x) {
  const F32x16 whole = round_even(x);
  return with_sign_of(x, select(whole < x, whole + 1.0F, whole));
}

RHEO_INLINE F32x16 sign_of(const F32x16& x) { return select(x > 0.0F, splat(1), select(x < 0.0F, splat(-1), x)); }

// 2 * atanh(s) = log((1 + s) / (1 - s)) by its series up to s^`degree`.
template <int degree>
RHEO_INLINE F32x16 twice_atanh(const F32x16& s) {
  const F32x16 square = s * s;
  F32x16 p = splat(2.0F / degree);
#pragma GCC unroll 8
  for (int n = degree - 2; n > 0; n -= 2) p = p * square + 2.0F / static_cast<float>(n);
  return p * s;
}

// x = 2^n * m with m between sqrt(1/2) and sqrt(2); log m = 2 atanh((m - 1) / (m + 1)).
RHEO_INLINE F32x16 log(const F32x16& x) {
  constexpr std::int32_t kRootOfHalf = 0x3F3504F3;
  const auto is_tiny = x < 1.17549435e-38F;
  // Unsigned, because what is less than 0, whose result is not used, would overflow.
  const U32x16 from_root =
      bits_as<U32x16>(select(is_tiny, x * 8388608.0F, x)) - static_cast<std::uint32_t>(kRootOfHalf);
  const I32x16 bits = bits_as<I32x16>(from_root);
  const F32x16 m = bits_as<F32x16>((bits & 0x007FFFFF) + kRootOfHalf);
  const F32x16 n = convert_lanes<F32x16>(bits >> 23) - select(is_tiny, splat(23), F32x16{});
  const F32x16 y = n * 0.693145752F + (n * 1.42860677e-6F + twice_atanh<9>((m - 1.0F) / (m + 1.0F)));
  const F32x16 infinity = splat(__builtin_inff());
  const F32x16 at_ends = select(x == 0.0F, -infinity, select(x < 0.0F, splat(__builtin_nanf("")), x));
  return select((x > 0.0F) & (x < infinity), y, at_ends);
}

// log(1 + t) for t in [0, 1].
RHEO_INLINE F32x16 log1p_of_fraction(const F32x16& t) { return twice_atanh<15>(t / (t + 2.0F)); }

RHEO_INLINE F32x16 softplus(const F32x16& x) { return larger(x, F32x16{}) + log1p_of_fraction(exp(-absolute(x))); }

// tanh(log(1 + e)) = (e^2 + 2 e) / (e^2 + 2 e + 2), which is 1 in f32 from e^20 on.
RHEO_INLINE F32x16 mish(const F32x16& x) {
  const F32x16 e = exp(smaller(x, splat(20)));
  const F32x16 n = e * (e + 2.0F);
  return x * (n / (n + 2.0F));
}

// The series of erf where the formula of activate.h would lose digits.
RHEO_INLINE F32x16 erf_everywhere(const F32x16& x) {
  const F32x16 square = x * x;
  F32x16 p = splat(-1.0F / 1320);
  p = p * square + 1.0F / 216;
  p = p * square - 1.0F / 42;
  p = p * square + 1.0F / 10;
  p = p * square - 1.0F / 3;
  p = p * square + 1.0F;
  return select(square < 0.25F, x * (p * 1.12837917F), erf(x));
}

RHEO_INLINE F32x16 elu_of(const F32x16& x, float alpha, float inner) {
  return select(x < 0.0F, alpha * expm1(x * inner), x);
}

}  // namespace
}  // namespace rheo

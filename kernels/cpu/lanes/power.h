// SPDX-License-Identifier: Apache-2.0
// a^b on lanes: 2^(b log2 a) in doubles, whose rounding to f32 is then the only one that counts. What is zero, infinite
// or NaN goes to the C library, lane by lane.
// Include only from lanes/element_loops_<instruction set>.cpp; see vector.h.
#pragma once

#include "kernels/cpu/lanes/functions.h"
#include "kernels/cpu/lanes/strips.h"

namespace rheo {
namespace {

using F32x8 = Lanes<float, 8>;
using F64x8 = Lanes<double, 8>;

inline constexpr double kToInteger = 0x1.8p52;  // added to a small double, it leaves the whole number in the low bits
inline constexpr std::int64_t kToIntegerBits = 0x4338000000000000;

// Of a positive normal number: every positive float is one as a double. Error about 1e-13.
RHEO_INLINE F64x8 log2_of(const F64x8& x) {
  constexpr std::int64_t kRootOfHalf = 0x3FE6A09E667F3BCD;
  const I64x8 bits = bits_as<I64x8>(x) - kRootOfHalf;
  const I64x8 exponent = bits >> 52;
  const F64x8 m = bits_as<F64x8>((bits & 0x000FFFFFFFFFFFFF) + kRootOfHalf);
  const F64x8 n = bits_as<F64x8>(exponent + kToIntegerBits) - kToInteger;
  const F64x8 s = (m - 1.0) / (m + 1.0);
  const F64x8 square = s * s;
  F64x8 p = F64x8{} + 1.0 / 15;
  for (int k = 13; k > 0; k -= 2) p = p * square + 1.0 / k;
  constexpr double kTwoByLn2 = 2.8853900817779268;
  return n + s * p * kTwoByLn2;
}

// 2^x, 0 or infinity where f32 has no place for it. Relative error about 1e-11.
RHEO_INLINE F64x8 exp2_of(const F64x8& exponent) {
  const F64x8 low = select(exponent < -500.0, F64x8{} - 500.0, exponent);
  const F64x8 x = select(low > 500.0, F64x8{} + 500.0, low);
  const F64x8 shifted = x + kToInteger;
  const F64x8 r = (x - (shifted - kToInteger)) * 0.69314718055994531;
  F64x8 p = F64x8{} + 1.0;
  for (int k = 9; k > 0; --k) p = p * r * (1.0 / k) + 1.0;
  return bits_as<F64x8>(bits_as<I64x8>(p) + ((bits_as<I64x8>(shifted) - kToIntegerBits) << 52));
}

RHEO_INLINE F32x8 power_of_sizes(const F32x8& a, const F32x8& b) {
  const F64x8 product = convert_lanes<F64x8>(b) * log2_of(convert_lanes<F64x8>(a));
  return convert_lanes<F32x8>(exp2_of(product));
}

RHEO_INLINE F32x16 power(const F32x16& a, const F32x16& b) {
  const F32x16 size = absolute(a);
  const F32x16 infinity = splat(__builtin_inff());
  const auto is_usual = (size > 0.0F) & (size < infinity) & (absolute(b) < infinity);
  F32x8 a_half[2];
  F32x8 b_half[2];
  const F32x16 safe = select(is_usual, size, splat(1));
  const F32x16 safe_b = select(is_usual, b, F32x16{});
  std::memcpy(a_half, &safe, sizeof(safe));
  std::memcpy(b_half, &safe_b, sizeof(safe_b));
  for (int half = 0; half < 2; ++half) a_half[half] = power_of_sizes(a_half[half], b_half[half]);
  F32x16 y;
  std::memcpy(&y, a_half, sizeof(y));
  // A negative number has powers with whole exponents only; odd ones keep its sign.
  const F32x16 half_b = b * 0.5F;
  const F32x16 signed_y = select(round_even(half_b) != half_b, -y, y);
  const F32x16 of_negative = select(round_even(b) != b, splat(__builtin_nanf("")), signed_y);
  y = select(a < 0.0F, of_negative, y);
  std::int32_t usual = -1;
  for (int lane = 0; lane < kLanes; ++lane) usual &= is_usual[lane];
  if (usual != 0) return y;
  float lanes[kLanes];
  store(lanes, y);
  for (int lane = 0; lane < kLanes; ++lane) {
    if (is_usual[lane] == 0) lanes[lane] = __builtin_powf(a[lane], b[lane]);
  }
  return load<F32x16>(lanes);
}

}  // namespace
}  // namespace rheo

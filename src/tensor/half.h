// SPDX-License-Identifier: Apache-2.0
// bf16 and f16 bit patterns to and from float. All roundings are to nearest, ties to even; NaN stays NaN, a value too
// large becomes infinity. Pure integer arithmetic: the same on every processor and in every floating-point mode.
#pragma once

#include <bit>
#include <cstdint>

namespace rheo {

// bf16 is the upper half of a float: 1 sign, 8 exponent, 7 mantissa bits.
inline float bf16_to_f32(std::uint16_t bits) { return std::bit_cast<float>(std::uint32_t{bits} << 16); }

inline std::uint16_t f32_to_bf16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  // Rounding could carry a NaN's mantissa into the exponent and make it infinity, so NaN is kept quiet instead.
  if ((bits & 0x7fffffffU) > 0x7f800000U) return static_cast<std::uint16_t>((bits >> 16) | 0x0040U);
  const std::uint32_t rounding = 0x7fffU + ((bits >> 16) & 1U);
  return static_cast<std::uint16_t>((bits + rounding) >> 16);
}

// f16 is IEEE 754 binary16: 1 sign, 5 exponent, 10 mantissa bits.
inline float f16_to_f32(std::uint16_t bits) {
  const std::uint32_t sign = (bits & 0x8000U) << 16;
  const std::uint32_t exponent = (bits >> 10) & 0x1fU;
  const std::uint32_t mantissa = bits & 0x3ffU;
  if (exponent == 0) {  // zero or subnormal: mantissa * 2^-24, which a float holds exactly
    const float magnitude = static_cast<float>(mantissa) * 0x1p-24F;
    return std::bit_cast<float>(std::bit_cast<std::uint32_t>(magnitude) | sign);
  }
  const std::uint32_t wide_exponent = exponent == 31 ? 255U : exponent + 112U;
  return std::bit_cast<float>(sign | (wide_exponent << 23) | (mantissa << 13));
}

inline std::uint16_t f32_to_f16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = (bits >> 16) & 0x8000U;
  const std::uint32_t magnitude = bits & 0x7fffffffU;
  std::uint32_t result = 0;
  if (magnitude > 0x7f800000U) {  // NaN
    result = 0x7e00U;
  } else if (magnitude >= 0x477ff000U) {  // 65520 and more rounds to infinity
    result = 0x7c00U;
  } else if (magnitude >= 0x38800000U) {  // 2^-14 and more is normal
    result = (magnitude - 0x38000000U + 0xfffU + ((magnitude >> 13) & 1U)) >> 13;
  } else if (magnitude > 0x33000000U) {  // more than half of the smallest subnormal, 2^-24
    const std::uint32_t mantissa = (magnitude & 0x7fffffU) | 0x800000U;
    const std::uint32_t shift = 126U - (magnitude >> 23);
    const std::uint32_t rest = mantissa & ((1U << shift) - 1U);
    const std::uint32_t half_way = 1U << (shift - 1U);
    result = mantissa >> shift;
    if (rest > half_way || (rest == half_way && (result & 1U) != 0)) ++result;
  }
  return static_cast<std::uint16_t>(sign | result);
}

}  // namespace rheo

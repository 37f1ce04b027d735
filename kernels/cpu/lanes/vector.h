// SPDX-License-Identifier: Apache-2.0
// Sixteen lanes as one value, in the vector extensions that gcc and clang share: a file built for AVX-512 gets one
// register per vector, one built for AVX2 two, a portable one four.
//
// Everything here sits in an unnamed namespace on purpose: the same source is compiled once per instruction set, and
// no two copies may be taken for one by the linker. Include only from lanes/loops_<instruction set>.cpp.
#pragma once

#ifdef __AVX512F__
#include <immintrin.h>
#endif

#include <cstddef>
#include <cstdint>
#include <cstring>

#include <rheo/tensor.h>

#ifndef __clang__
#pragma GCC diagnostic ignored "-Wpsabi"  // vectors never cross a call that is not inlined
#endif

namespace rheo {
namespace {

inline constexpr int kLanes = 16;
#define RHEO_INLINE inline __attribute__((always_inline))

using F32x16 = float __attribute__((vector_size(64)));
using I32x16 = std::int32_t __attribute__((vector_size(64)));
using U32x16 = std::uint32_t __attribute__((vector_size(64)));
using I16x16 = std::int16_t __attribute__((vector_size(32)));
using U16x16 = std::uint16_t __attribute__((vector_size(32)));
using U8x16 = std::uint8_t __attribute__((vector_size(16)));
using I8x16 = std::int8_t __attribute__((vector_size(16)));

template <typename V>
RHEO_INLINE V load(const void* from) {
  V v;
  std::memcpy(&v, from, sizeof(v));
  return v;
}

template <typename V>
RHEO_INLINE void store(void* to, const V& v) {
  std::memcpy(to, &v, sizeof(v));
}

template <typename To, typename From>
RHEO_INLINE To bits_as(const From& from) {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  std::memcpy(&to, &from, sizeof(to));
  return to;
}

RHEO_INLINE F32x16 splat(float value) { return F32x16{} + value; }

// A NaN in `value` stays, one in `bound` does not: no comparison with NaN holds, so the order of the operands decides.
RHEO_INLINE F32x16 smaller(const F32x16& value, const F32x16& bound) { return bound < value ? bound : value; }
RHEO_INLINE F32x16 larger(const F32x16& value, const F32x16& bound) { return bound > value ? bound : value; }

// Round to nearest, ties to even, for |v| < 2^22: adding 1.5 * 2^23 leaves the integer in the low bits of the sum.
RHEO_INLINE I32x16 round_to_integer(const F32x16& v) {
  const F32x16 shifted = v + splat(12582912.0F);
  return bits_as<I32x16>(shifted) - 0x4B400000;
}

// Widening and cutting in two steps: compilers turn a direct step into one move per element.
#ifdef __AVX512F__
// The zero-masking forms with a full mask: the plain ones make gcc 12 warn about an undefined register.
RHEO_INLINE U32x16 widen(const U16x16& v) {
  return bits_as<U32x16>(_mm512_maskz_cvtepu16_epi32(0xFFFF, bits_as<__m256i>(v)));
}
RHEO_INLINE I32x16 widen(const U8x16& v) {
  return bits_as<I32x16>(_mm512_maskz_cvtepu8_epi32(0xFFFF, bits_as<__m128i>(v)));
}
RHEO_INLINE I32x16 widen(const I8x16& v) {
  return bits_as<I32x16>(_mm512_maskz_cvtepi8_epi32(0xFFFF, bits_as<__m128i>(v)));
}
RHEO_INLINE U8x16 low_bytes(const I32x16& v) {
  return bits_as<U8x16>(_mm512_maskz_cvtepi32_epi8(0xFFFF, bits_as<__m512i>(v)));
}
RHEO_INLINE U16x16 low_halves(const U32x16& v) {
  return bits_as<U16x16>(_mm512_maskz_cvtepi32_epi16(0xFFFF, bits_as<__m512i>(v)));
}
#else
RHEO_INLINE U32x16 widen(const U16x16& v) { return __builtin_convertvector(v, U32x16); }
RHEO_INLINE I32x16 widen(const U8x16& v) { return __builtin_convertvector(__builtin_convertvector(v, U16x16), I32x16); }
RHEO_INLINE I32x16 widen(const I8x16& v) { return __builtin_convertvector(__builtin_convertvector(v, I16x16), I32x16); }
RHEO_INLINE U8x16 low_bytes(const I32x16& v) {
  return __builtin_convertvector(__builtin_convertvector(v, U16x16), U8x16);
}
RHEO_INLINE U16x16 low_halves(const U32x16& v) { return __builtin_convertvector(v, U16x16); }
#endif

RHEO_INLINE F32x16 f32_from_bf16(const U16x16& v) { return bits_as<F32x16>(widen(v) << 16); }

// Round to nearest, ties to even; a NaN stays a (quiet) NaN.
RHEO_INLINE U16x16 bf16_from_f32(const F32x16& v) {
  const U32x16 bits = bits_as<U32x16>(v);
  const U32x16 rounded = (bits + 0x7FFFU + ((bits >> 16) & 1U)) >> 16;
  const U32x16 quiet = (bits >> 16) | 0x40U;
  return low_halves(v == v ? rounded : quiet);
}

// The 16 elements of `dtype` (f32, bf16, u8, i8) at `from`, as they are stored: no scale.
RHEO_INLINE F32x16 load_as_f32(const void* from, DType dtype) {
  switch (dtype) {
    case DType::bf16: return f32_from_bf16(load<U16x16>(from));
    case DType::u8: return __builtin_convertvector(widen(load<U8x16>(from)), F32x16);
    case DType::i8: return __builtin_convertvector(widen(load<I8x16>(from)), F32x16);
    default: return load<F32x16>(from);
  }
}

// Keeps the compiler from reading a vector from memory again at each use, which costs more than the register.
RHEO_INLINE void keep_in_register([[maybe_unused]] F32x16& v) {
#ifdef __AVX512F__
  asm("" : "+v"(v));
#endif
}

// Stores 16 elements as `dtype`; 8-bit values are rounded, moved by the zero point and saturated, a NaN becomes 0.
RHEO_INLINE void store_from_f32(void* to, const F32x16& v, DType dtype, int zero_point = 0) {
  const float zero = static_cast<float>(zero_point);
  switch (dtype) {
    case DType::bf16: store(to, bf16_from_f32(v)); return;
    case DType::u8: {
      const F32x16 inside = smaller(larger(splat(-zero), v), splat(255 - zero));
      store(to, low_bytes(round_to_integer(inside) + zero_point));
      return;
    }
    case DType::i8: {
      const F32x16 inside = smaller(larger(v == v ? v : splat(-zero), splat(-128 - zero)), splat(127 - zero));
      store(to, low_bytes(round_to_integer(inside) + zero_point));
      return;
    }
    default: store(to, v);
  }
}

RHEO_INLINE constexpr std::size_t element_bytes(DType dtype) {
  return dtype == DType::f32 ? 4 : dtype == DType::bf16 ? 2 : 1;
}

#ifdef __AVX512F__
// `count`: 0..15.
RHEO_INLINE __mmask16 first_lanes(int count) { return static_cast<__mmask16>((1U << count) - 1); }
#endif

// The same for the first `count` of 16 lanes; the rest reads as zero and is not written.
RHEO_INLINE F32x16 load_part(const void* from, DType dtype, int count) {
  if (count >= kLanes) return load_as_f32(from, dtype);
#ifdef __AVX512F__
  if (dtype == DType::f32) return bits_as<F32x16>(_mm512_maskz_loadu_ps(first_lanes(count), from));
#endif
  alignas(64) std::byte part[64] = {};
  std::memcpy(part, from, static_cast<std::size_t>(count) * element_bytes(dtype));
  return load_as_f32(part, dtype);
}

RHEO_INLINE void store_part(void* to, const F32x16& v, DType dtype, int count, int zero_point = 0) {
  if (count >= kLanes) return store_from_f32(to, v, dtype, zero_point);
#ifdef __AVX512F__
  if (dtype == DType::f32) return _mm512_mask_storeu_ps(to, first_lanes(count), bits_as<__m512>(v));
#endif
  alignas(64) std::byte part[64];
  store_from_f32(part, v, dtype, zero_point);
  std::memcpy(to, part, static_cast<std::size_t>(count) * element_bytes(dtype));
}

template <typename Element>
RHEO_INLINE void scatter_typed(const std::byte* from, std::int64_t from_step, std::byte* to, std::int64_t to_step,
                               int count) {
  for (int i = 0; i < count; ++i) {
    std::memcpy(to + i * to_step * static_cast<std::int64_t>(sizeof(Element)),
                from + i * from_step * static_cast<std::int64_t>(sizeof(Element)), sizeof(Element));
  }
}

// Copies `count` elements of `bytes` (1, 2 or 4) bytes; steps in elements.
RHEO_INLINE void scatter(const std::byte* from, std::int64_t from_step, std::byte* to, std::int64_t to_step,
                         std::int64_t bytes, int count) {
  if (bytes == 4) return scatter_typed<std::uint32_t>(from, from_step, to, to_step, count);
  if (bytes == 2) return scatter_typed<std::uint16_t>(from, from_step, to, to_step, count);
  scatter_typed<std::uint8_t>(from, from_step, to, to_step, count);
}

}  // namespace
}  // namespace rheo

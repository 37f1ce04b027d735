// SPDX-License-Identifier: Apache-2.0
// Sixteen lanes as one value: a file built for AVX-512 gets one register per vector, one built for AVX2 two, a portable
// one four (halves.h).
// Include only from lanes/loops_<instruction set>.cpp.
#pragma once

#if defined(__AVX512F__) || defined(__AVX2__)
#include <immintrin.h>
#endif

#include <cstddef>
#include <cstdint>
#include <cstring>

#include <rheo/tensor.h>

#include "kernels/cpu/lanes/halves.h"

namespace rheo {
namespace {

inline constexpr int kLanes = 16;

using F32x16 = Lanes<float, 16>;
using I32x16 = Lanes<std::int32_t, 16>;
using U32x16 = Lanes<std::uint32_t, 16>;
using U16x16 = Lanes<std::uint16_t, 16>;
using U8x16 = Lanes<std::uint8_t, 16>;
using I8x16 = Lanes<std::int8_t, 16>;

RHEO_INLINE F32x16 splat(float value) { return F32x16{} + value; }

// A NaN in `value` stays, one in `bound` does not: no comparison with NaN holds, so the order of the operands decides.
#if defined(__AVX2__) && !defined(__AVX512F__)
// The instructions, which answer with their second operand in such a case.
RHEO_INLINE F32x16 smaller(const F32x16& value, const F32x16& bound) {
  return {_mm256_min_ps(bound.low, value.low), _mm256_min_ps(bound.high, value.high)};
}
RHEO_INLINE F32x16 larger(const F32x16& value, const F32x16& bound) {
  return {_mm256_max_ps(bound.low, value.low), _mm256_max_ps(bound.high, value.high)};
}
#else
RHEO_INLINE F32x16 smaller(const F32x16& value, const F32x16& bound) { return select(bound < value, bound, value); }
RHEO_INLINE F32x16 larger(const F32x16& value, const F32x16& bound) { return select(bound > value, bound, value); }
#endif

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
#elif defined(__AVX2__)
RHEO_INLINE U32x16 widen(const U16x16& v) {
  const auto halves = bits_as<__m256i>(v);
  return {bits_as<decltype(U32x16::low)>(_mm256_cvtepu16_epi32(_mm256_castsi256_si128(halves))),
          bits_as<decltype(U32x16::low)>(_mm256_cvtepu16_epi32(_mm256_extracti128_si256(halves, 1)))};
}
RHEO_INLINE I32x16 widen(const U8x16& v) {
  const auto bytes = bits_as<__m128i>(v);
  return {bits_as<decltype(I32x16::low)>(_mm256_cvtepu8_epi32(bytes)),
          bits_as<decltype(I32x16::low)>(_mm256_cvtepu8_epi32(_mm_srli_si128(bytes, 8)))};
}
RHEO_INLINE I32x16 widen(const I8x16& v) {
  const auto bytes = bits_as<__m128i>(v);
  return {bits_as<decltype(I32x16::low)>(_mm256_cvtepi8_epi32(bytes)),
          bits_as<decltype(I32x16::low)>(_mm256_cvtepi8_epi32(_mm_srli_si128(bytes, 8)))};
}
// The instructions saturate, so nothing above the low half may be left. They join each half of two registers.
RHEO_INLINE U16x16 low_halves(const U32x16& v) {
  const U32x16 low = v & 0xFFFFU;
  const __m256i joined = _mm256_packus_epi32(bits_as<__m256i>(low.low), bits_as<__m256i>(low.high));
  return bits_as<U16x16>(_mm256_permute4x64_epi64(joined, 0b11'01'10'00));
}
RHEO_INLINE U8x16 low_bytes(const I32x16& v) {
  const auto halves = bits_as<__m256i>(low_halves(bits_as<U32x16>(v & 0xFF)));
  return bits_as<U8x16>(_mm_packus_epi16(_mm256_castsi256_si128(halves), _mm256_extracti128_si256(halves, 1)));
}
#else
RHEO_INLINE U32x16 widen(const U16x16& v) { return convert_lanes<U32x16>(v); }
RHEO_INLINE I32x16 widen(const U8x16& v) { return convert_lanes<I32x16>(convert_lanes<U16x16>(v)); }
RHEO_INLINE I32x16 widen(const I8x16& v) { return convert_lanes<I32x16>(convert_lanes<Lanes<std::int16_t, 16>>(v)); }
RHEO_INLINE U8x16 low_bytes(const I32x16& v) { return convert_lanes<U8x16>(convert_lanes<U16x16>(v)); }
RHEO_INLINE U16x16 low_halves(const U32x16& v) { return convert_lanes<U16x16>(v); }
#endif

RHEO_INLINE F32x16 f32_from_bf16(const U16x16& v) { return bits_as<F32x16>(widen(v) << 16); }

// Round to nearest, ties to even; a NaN stays a (quiet) NaN.
RHEO_INLINE U16x16 bf16_from_f32(const F32x16& v) {
  const U32x16 bits = bits_as<U32x16>(v);
  const U32x16 rounded = (bits + 0x7FFFU + ((bits >> 16) & 1U)) >> 16;
  const U32x16 quiet = (bits >> 16) | 0x40U;
  return low_halves(select(v == v, rounded, quiet));
}

// The 16 elements of `dtype` (f32, bf16, u8, i8) at `from`, as they are stored: no scale.
RHEO_INLINE F32x16 load_as_f32(const void* from, DType dtype) {
  switch (dtype) {
    case DType::bf16: return f32_from_bf16(load<U16x16>(from));
    case DType::u8: return convert_lanes<F32x16>(widen(load<U8x16>(from)));
    case DType::i8: return convert_lanes<F32x16>(widen(load<I8x16>(from)));
    default: return load<F32x16>(from);
  }
}

// A piece of sixteen lanes that is worked on by itself where both pieces would need more registers than there are.
#if defined(__AVX2__) && !defined(__AVX512F__)
using Piece = decltype(F32x16::low);
RHEO_INLINE Piece load_piece(const void* from, DType dtype) {
  switch (dtype) {
    case DType::bf16: {
      const __m256i wide = _mm256_cvtepu16_epi32(load<__m128i>(from));
      return bits_as<Piece>(_mm256_slli_epi32(wide, 16));
    }
    case DType::u8:
      return bits_as<Piece>(
          _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadl_epi64(static_cast<const __m128i*>(from)))));
    case DType::i8:
      return bits_as<Piece>(
          _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64(static_cast<const __m128i*>(from)))));
    default: return load<Piece>(from);
  }
}
template <int Which>
RHEO_INLINE Piece& piece_of(F32x16& v) {
  return Which == 0 ? v.low : v.high;
}
#else
using Piece = F32x16;
RHEO_INLINE Piece load_piece(const void* from, DType dtype) { return load_as_f32(from, dtype); }
template <int Which>
RHEO_INLINE Piece& piece_of(F32x16& v) {
  return v;
}
#endif
inline constexpr int kPieceLanes = kLanesOf<Piece>;
inline constexpr int kPieces = kLanes / kPieceLanes;

// Keeps the compiler from reading a vector from memory again at each use, which costs more than the register.
template <typename V>
RHEO_INLINE void keep_in_register([[maybe_unused]] V& v) {
#ifdef __AVX512F__
  asm("" : "+v"(v));
#elif defined(__AVX2__)
  if constexpr (kIsHalves<V>) {
    asm("" : "+x"(v.low), "+x"(v.high));
  } else {
    asm("" : "+x"(v));
  }
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
      const F32x16 inside = smaller(larger(select(v == v, v, splat(-zero)), splat(-128 - zero)), splat(127 - zero));
      store(to, low_bytes(round_to_integer(inside) + zero_point));
      return;
    }
    default: store(to, v);
  }
}

RHEO_INLINE constexpr std::size_t element_bytes(DType dtype) {
  return dtype == DType::f32 ? 4 : dtype == DType::bf16 ? 2 : 1;
}

// 0 to 15.
RHEO_INLINE F32x16 lane_numbers() {
  alignas(64) static constexpr float kNumbers[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  return load<F32x16>(kNumbers);
}

// The first `count` lanes of `v`; what follows is `rest`.
RHEO_INLINE F32x16 first_lanes(const F32x16& v, int count, float rest) {
  return select(lane_numbers() < static_cast<float>(count), v, splat(rest));
}

#if defined(__AVX512F__)
// `count`: 0..15.
RHEO_INLINE __mmask16 lanes_below(int count) { return static_cast<__mmask16>((1U << count) - 1); }
RHEO_INLINE F32x16 load_part_f32(const void* from, int count) {
  return bits_as<F32x16>(_mm512_maskz_loadu_ps(lanes_below(count), from));
}
RHEO_INLINE void store_part_f32(void* to, const F32x16& v, int count) {
  _mm512_mask_storeu_ps(to, lanes_below(count), bits_as<__m512>(v));
}
#elif defined(__AVX2__)
RHEO_INLINE F32x16 load_part_f32(const void* from, int count) {
  const I32x16 mask = lane_numbers() < static_cast<float>(count);
  const float* at = static_cast<const float*>(from);
  return {_mm256_maskload_ps(at, bits_as<__m256i>(mask.low)), _mm256_maskload_ps(at + 8, bits_as<__m256i>(mask.high))};
}
// In pieces of 8, 4, 2 and 1, because a masked store takes many cycles on processors without AVX-512.
RHEO_INLINE void store_part_f32(void* to, const F32x16& v, int count) {
  float* at = static_cast<float*>(to);
  __m256 eight = v.low;
  if ((count & 8) != 0) {
    _mm256_storeu_ps(at, eight);
    at += 8;
    eight = v.high;
  }
  __m128 four = _mm256_castps256_ps128(eight);
  if ((count & 4) != 0) {
    _mm_storeu_ps(at, four);
    at += 4;
    four = _mm256_extractf128_ps(eight, 1);
  }
  if ((count & 2) != 0) {
    _mm_storel_pi(reinterpret_cast<__m64*>(at), four);
    at += 2;
    four = _mm_movehl_ps(four, four);
  }
  if ((count & 1) != 0) _mm_store_ss(at, four);
}
#endif

// The same for the first `count` of 16 lanes; the rest reads as zero and is not written.
RHEO_INLINE F32x16 load_part(const void* from, DType dtype, int count) {
  if (count >= kLanes) return load_as_f32(from, dtype);
#if defined(__AVX512F__) || defined(__AVX2__)
  if (dtype == DType::f32) return load_part_f32(from, count);
#endif
  alignas(64) std::byte part[64] = {};
  std::memcpy(part, from, static_cast<std::size_t>(count) * element_bytes(dtype));
  return load_as_f32(part, dtype);
}

RHEO_INLINE void store_part(void* to, const F32x16& v, DType dtype, int count, int zero_point = 0) {
  if (count >= kLanes) return store_from_f32(to, v, dtype, zero_point);
#if defined(__AVX512F__) || defined(__AVX2__)
  if (dtype == DType::f32) return store_part_f32(to, v, count);
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

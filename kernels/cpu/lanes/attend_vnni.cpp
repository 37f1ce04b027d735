// SPDX-License-Identifier: Apache-2.0
// Keys of an attention in 8 bits: rows become columns of four elements each. Tested by
// tests/agree/kernels_attention_test.cpp.
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // gcc 12 means the unused operand inside its own intrinsics
#endif
#include <immintrin.h>

#include "kernels/cpu/lanes/attend_steps.h"
#include "kernels/cpu/lanes/transpose.h"
#include "kernels/cpu/lanes/vector.h"

namespace rheo {
namespace {

constexpr int kHalf = kLanes / 2;
constexpr std::int64_t kPartBytes = kHalf * 4;  // of a row, one step for each row of a square

// Bytes [at, at + kPartBytes) of one row, less `shift`; what lies behind its end, or of no row, is 0.
RHEO_INLINE __m256i part_of_row(const KeyColumns& columns, int row, std::int64_t at, __m256i shift) {
  if (row >= columns.count) return _mm256_setzero_si256();
  const std::int64_t left = columns.depth - at;
  const __mmask32 mask = left >= kPartBytes ? 0xFFFFFFFFU : (1U << left) - 1U;
  const std::byte* from = static_cast<const std::byte*>(columns.keys) + row * columns.stride + at;
  return _mm256_maskz_sub_epi8(mask, _mm256_maskz_loadu_epi8(mask, from), shift);
}

}  // namespace

void pack_keys_vnni(const KeyColumns& columns, void* to, std::int64_t step_bytes, std::int32_t* start) {
  const __m256i shift = _mm256_set1_epi8(columns.dtype == DType::u8 ? static_cast<char>(-128) : char{0});
  const std::int64_t steps = (columns.depth + 3) / 4;
  __m512i sums = _mm512_setzero_si512();
  for (std::int64_t first = 0; first < steps; first += kHalf) {
    // Two squares side by side: rows 0 to 7 and 8 to 15.
    F32x16 square[kHalf];
    for (int row = 0; row < kHalf; ++row) {
      const __m256i upper = part_of_row(columns, row, first * 4, shift);
      const __m256i lower = part_of_row(columns, row + kHalf, first * 4, shift);
      square[row] = bits_as<F32x16>(_mm512_inserti64x4(_mm512_zextsi256_si512(upper), lower, 1));
    }
    exchange_all<4>(square);
    exchange_all<2>(square);
    exchange_all<1>(square);
    const std::int64_t count = steps - first < kHalf ? steps - first : kHalf;
    for (std::int64_t step = 0; step < count; ++step) {
      sums = _mm512_dpbusd_epi32(sums, _mm512_set1_epi8(1), bits_as<__m512i>(square[step]));
      store(static_cast<std::byte*>(to) + (first + step) * step_bytes, square[step]);
    }
  }
  store(start, _mm512_mullo_epi32(sums, _mm512_set1_epi32(-columns.query_zero_point)));
}

}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// Weights of an attention as bf16, which keeps eight bits of them, and 8-bit values, which it holds exactly. Tested by
// tests/agree/kernels_attention_test.cpp.
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // gcc 12 means the unused operand inside its own intrinsics
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif
#include <immintrin.h>

#include "kernels/cpu/lanes/attend.h"
#include "kernels/cpu/lanes/attend_call.h"
#include "kernels/cpu/lanes/attend_steps.h"
#include "kernels/cpu/lanes/transpose.h"
#include "kernels/cpu/lanes/unrolled.h"
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

constexpr float kLog2OfE = 1.44269504F;

// Lane r of the result is what joins the lanes of rows[r], which are used up: 15 steps for all together, where each row
// alone would wait for 4 after each other.
template <int Size = kLanes / 2, typename Join>
RHEO_INLINE F32x16 joined_rows(F32x16 (&rows)[kLanes], const Join& join) {
  unrolled<Size>([&](auto row) __attribute__((always_inline)) {
    exchange_blocks<Size>(rows[row], rows[row + Size]);
    rows[row] = join(rows[row], rows[row + Size]);
  });
  if constexpr (Size == 1) {
    return rows[0];
  } else {
    return joined_rows<Size / 2>(rows, join);
  }
}

// The largest scores of each lane, after masking.
RHEO_INLINE F32x16 largest_lanes(const AttendCall& call, std::int64_t row) {
  float* scores = call.scores + row * call.stride;
  if (call.mask != nullptr || call.is_causal) return splat(mask_row(call, row, scores));
  F32x16 most = splat(kNever);
  for (std::int64_t i = 0; i < call.stride; i += kLanes) {
    F32x16 x = load<F32x16>(scores + i);
    if (i + kLanes > call.columns) {
      x = select(lane_numbers() < static_cast<float>(call.columns - i), x, splat(kNever));
      store(scores + i, x);
    }
    most = bits_as<F32x16>(_mm512_max_ps(bits_as<__m512>(most), bits_as<__m512>(x)));
  }
  return most;
}

// Makes the weights of a row and gives the sum of each lane.
RHEO_INLINE F32x16 weigh_row(const AttendCall& call, std::int64_t row, float shift, std::uint16_t* weights) {
  const float* scores = call.scores + row * call.stride;
  std::uint16_t* to = weights + row * call.stride;
  __m512 totals = _mm512_setzero_ps();
  for (std::int64_t i = 0; i < call.stride; i += kLanes) {
    const __m512 here =
        quick_exp2(_mm512_fmsub_ps(_mm512_loadu_ps(scores + i), _mm512_set1_ps(kLog2OfE), _mm512_set1_ps(shift)));
    totals = _mm512_add_ps(totals, here);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + i), bits_as<__m256i>(_mm512_cvtneps_pbh(here)));
  }
  return bits_as<F32x16>(totals);
}

// Up to 16 rows from `first` on.
void attend_some(const AttendCall& call, std::int64_t first, int count, std::uint16_t* weights) {
  const auto mask = static_cast<__mmask16>((1U << count) - 1U);
  F32x16 lanes[kLanes];
  for (int r = 0; r < kLanes; ++r) lanes[r] = r < count ? largest_lanes(call, first + r) : splat(kNever);
  const auto found = bits_as<__m512>(joined_rows(
      lanes, [](const F32x16& a, const F32x16& b) __attribute__((always_inline)) {
        return bits_as<F32x16>(_mm512_max_ps(bits_as<__m512>(a), bits_as<__m512>(b)));
      }));
  // The second operand stays where the first one is NaN.
  const __m512 before = _mm512_maskz_loadu_ps(mask, call.largest + first);
  const __m512 largest = _mm512_max_ps(found, before);
  // While everything is masked, minus infinity minus itself would be NaN; any finite number serves.
  const __mmask16 is_some = _mm512_cmp_ps_mask(largest, _mm512_set1_ps(kNever), _CMP_NEQ_UQ);
  const __m512 shift = _mm512_mul_ps(_mm512_maskz_mov_ps(is_some, largest), _mm512_set1_ps(kLog2OfE));
  alignas(64) float shifts[kLanes];
  _mm512_store_ps(shifts, shift);
  for (int r = 0; r < kLanes; ++r) lanes[r] = r < count ? weigh_row(call, first + r, shifts[r], weights) : F32x16{};
  const auto sums = bits_as<__m512>(joined_rows(
      lanes, [](const F32x16& a, const F32x16& b) __attribute__((always_inline)) { return a + b; }));
  const __m512 factor = quick_exp2(_mm512_fmsub_ps(before, _mm512_set1_ps(kLog2OfE), shift));
  _mm512_mask_storeu_ps(call.largest + first, mask, largest);
  _mm512_mask_storeu_ps(call.total + first, mask,
                        _mm512_fmadd_ps(_mm512_maskz_loadu_ps(mask, call.total + first), factor, sums));
  if (call.sums == nullptr) return;
  alignas(64) float factors[kLanes];
  _mm512_store_ps(factors, factor);
  const __mmask16 changed = _mm512_mask_cmp_ps_mask(mask, before, largest, _CMP_NEQ_UQ);
  for (int r = 0; r < count; ++r) {
    if ((changed >> r & 1) == 0) continue;
    float* row = call.sums + (first + r) * call.sums_stride;
    for (std::int64_t i = 0; i < call.sums_stride; i += kLanes) store(row + i, load<F32x16>(row + i) * factors[r]);
  }
}

}  // namespace

void attend_bf16(const AttendCall& call, void* weights) {
  for (std::int64_t first = 0; first < call.rows; first += kLanes) {
    const std::int64_t left = call.rows - first;
    attend_some(call, first, left < kLanes ? static_cast<int>(left) : kLanes, static_cast<std::uint16_t*>(weights));
  }
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

void end_attend_bf16(const AttendEnd& end) {
  const std::int64_t bytes = static_cast<std::int64_t>(element_bytes(end.dtype));
  auto* out = static_cast<std::byte*>(end.out);
  for (std::int64_t row = 0; row < end.rows; ++row) {
    const F32x16 factor = splat(end.total[row] == 0 ? 0.0F : end.factor / end.total[row]);
    const float* sums = end.sums + row * end.stride;
    for (std::int64_t i = 0; i < end.columns; i += kLanes) {
      store_part(out + (row * end.out_stride + i) * bytes, load<F32x16>(sums + i) * factor, end.dtype,
                 lanes_left(end.columns, i), end.zero_point);
    }
  }
}

}  // namespace rheo

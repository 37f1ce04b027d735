// SPDX-License-Identifier: Apache-2.0
// The softmax of an attention, one block of keys after the other (Milakov and Gimelshein, "Online normalizer
// calculation for softmax", 2018). Include only from files named for an instruction set; see
// vector.h.
#pragma once

#include "kernels/cpu/lanes/activate.h"
#include "kernels/cpu/lanes/attend_call.h"
#include "kernels/cpu/lanes/join_lanes.h"
#include "kernels/cpu/lanes/vector.h"

namespace rheo {
namespace {

inline constexpr float kNever = -__builtin_inff();

// What is added to the scores of 16 columns from `column` on; `lanes` of them exist.
RHEO_INLINE F32x16 mask_of(const AttendCall& call, std::int64_t row, std::int64_t column, int lanes) {
  const std::int64_t at = row * call.mask_row + column * call.mask_column;
  if (!call.mask_is_bool) {
    const float* from = static_cast<const float*>(call.mask) + at;
    return call.mask_column == 0 ? splat(*from) : load_part(from, DType::f32, lanes);
  }
  const std::uint8_t* from = static_cast<const std::uint8_t*>(call.mask) + at;
  const F32x16 allowed = call.mask_column == 0 ? splat(static_cast<float>(*from)) : load_part(from, DType::u8, lanes);
  return select(allowed > 0.0F, F32x16{}, splat(kNever));
}

// Masks the scores of a row and gives the largest.
RHEO_INLINE float mask_row(const AttendCall& call, std::int64_t row, float* scores) {
  const std::int64_t seen = call.is_causal ? call.diagonal + row + 1 : call.columns;
  const std::int64_t end = seen < call.columns ? (seen < 0 ? 0 : seen) : call.columns;
  F32x16 most = splat(kNever);
  for (std::int64_t i = 0; i < call.stride; i += kLanes) {
    F32x16 x = load<F32x16>(scores + i);
    const bool is_masked = call.mask != nullptr && i < end;
    const bool is_cut = i + kLanes > end;
    if (is_masked) x += mask_of(call, row, i, lanes_left(call.columns, i));
    if (is_cut) x = select(lane_numbers() < static_cast<float>(end - i), x, splat(kNever));
    if (is_masked || is_cut) store(scores + i, x);
    most = larger(x, most);
  }
  return largest_of_lanes(most);
}

// weigh(row, scores, base) turns the scores of a row into weights relative to `base` and gives the sum of each lane.
template <typename Weigh>
RHEO_INLINE void attend_rows(const AttendCall& call, const Weigh& weigh) {
  for (std::int64_t row = 0; row < call.rows; ++row) {
    float* scores = call.scores + row * call.stride;
    const float found = mask_row(call, row, scores);
    const float before = call.largest[row];
    const float largest = found > before ? found : before;
    // While everything is masked, minus infinity minus itself would be NaN; any finite number serves.
    const float base = largest == kNever ? 0.0F : largest;
    const F32x16 totals = weigh(row, scores, base);
    const float factor = exp(splat(before - base))[0];
    call.largest[row] = largest;
    call.total[row] = call.total[row] * factor + sum_of_lanes(totals);
    if (call.sums == nullptr || before == largest) continue;
    float* sums = call.sums + row * call.sums_stride;
    for (std::int64_t i = 0; i < call.sums_stride; i += kLanes) store(sums + i, load<F32x16>(sums + i) * factor);
  }
}

// The weights take the place of the scores.
inline void attend(const AttendCall& call) {
  attend_rows(
      call, [&](std::int64_t, float* scores, float base) __attribute__((always_inline)) {
        F32x16 totals{};
        for (std::int64_t i = 0; i < call.stride; i += kLanes) {
          const F32x16 weight = exp(load<F32x16>(scores + i) - base);
          store(scores + i, weight);
          totals += weight;
        }
        return totals;
      });
}

}  // namespace
}  // namespace rheo

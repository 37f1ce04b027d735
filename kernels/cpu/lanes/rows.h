// SPDX-License-Identifier: Apache-2.0
// Loops over rows of numbers: sums, normalisation, softmax.
// Include only from lanes/loops_<instruction set>.cpp; see vector.h.
#pragma once

#include <cmath>
#include <limits>

#include "kernels/cpu/lanes/activate.h"
#include "kernels/cpu/lanes/join_lanes.h"
#include "kernels/cpu/lanes/loops.h"
#include "kernels/cpu/lanes/vector.h"

namespace rheo {
namespace {

RHEO_INLINE const std::byte* element_at(const void* row, std::int64_t i, DType dtype) {
  return static_cast<const std::byte*>(row) + i * static_cast<std::int64_t>(element_bytes(dtype));
}
RHEO_INLINE std::byte* element_at(void* row, std::int64_t i, DType dtype) {
  return static_cast<std::byte*>(row) + i * static_cast<std::int64_t>(element_bytes(dtype));
}

void affine(const void* in, void* out, DType dtype, const float* scale, const float* shift, std::int64_t step,
            std::int64_t count) {
  for (std::int64_t i = 0; i < count; i += kLanes) {
    const int lanes = lanes_left(count, i);
    const F32x16 x = load_part(element_at(in, i, dtype), dtype, lanes);
    const F32x16 a = step == 0 ? splat(*scale) : load_part(scale + i, DType::f32, lanes);
    const F32x16 b = step == 0 ? splat(*shift) : load_part(shift + i, DType::f32, lanes);
    store_part(element_at(out, i, dtype), x * a + b, dtype, lanes);
  }
}

void accumulate(const void* in, DType dtype, float* sums, std::int64_t count) {
  for (std::int64_t i = 0; i < count; i += kLanes) {
    const int lanes = lanes_left(count, i);
    const F32x16 sum = load_part(sums + i, DType::f32, lanes) + load_part(element_at(in, i, dtype), dtype, lanes);
    store_part(sums + i, sum, DType::f32, lanes);
  }
}

float sum(const void* in, DType dtype, std::int64_t count) {
  F32x16 total{};
  for (std::int64_t i = 0; i < count; i += kLanes) {
    total += load_part(element_at(in, i, dtype), dtype, lanes_left(count, i));
  }
  return sum_of_lanes(total);
}

// Of a row whose elements are multiplied by `factor` first.
RHEO_INLINE Spread spread_of(const void* in, DType dtype, float factor, std::int64_t count) {
  F32x16 total{};
  for (std::int64_t i = 0; i < count; i += kLanes) {
    total += load_part(element_at(in, i, dtype), dtype, lanes_left(count, i)) * factor;
  }
  const F32x16 mean = splat(sum_of_lanes(total) / static_cast<float>(count));
  F32x16 squares{};
  for (std::int64_t i = 0; i < count; i += kLanes) {
    const int lanes = lanes_left(count, i);
    const F32x16 off = load_part(element_at(in, i, dtype), dtype, lanes) * factor - mean;
    const F32x16 square = off * off;
    squares += lanes == kLanes ? square : first_lanes(square, lanes, 0);
  }
  return {mean[0], sum_of_lanes(squares) / static_cast<float>(count)};
}

Spread spread(const void* in, DType dtype, std::int64_t count) { return spread_of(in, dtype, 1.0F, count); }

void layer_norm(const void* in, void* out, DType dtype, const float* scale, const float* shift, float epsilon,
                std::int64_t count) {
  float factor = 1;
  Spread spread = spread_of(in, dtype, factor, count);
  // Squares overflow from 2^64 on, and dividing by infinity would pass for an ordinary 0. NaN stays NaN.
  if (!(spread.variance <= std::numeric_limits<float>::max())) {
    factor = 0x1p-80F;
    spread = spread_of(in, dtype, factor, count);
  }
  const F32x16 mean = splat(spread.mean);
  const F32x16 inverse = splat(1.0F / std::sqrt(spread.variance + epsilon * factor * factor));
  for (std::int64_t i = 0; i < count; i += kLanes) {
    const int lanes = lanes_left(count, i);
    F32x16 y = (load_part(element_at(in, i, dtype), dtype, lanes) * factor - mean) * inverse;
    if (scale != nullptr) y *= load_part(scale + i, DType::f32, lanes);
    if (shift != nullptr) y += load_part(shift + i, DType::f32, lanes);
    store_part(element_at(out, i, dtype), y, dtype, lanes);
  }
}

// Sixteen columns side by side, `stride` elements from one row to the next.
RHEO_INLINE void softmax_columns(const SoftmaxCall& call, const std::byte* in, std::byte* out, int lanes) {
  const std::int64_t step = call.stride * static_cast<std::int64_t>(element_bytes(call.dtype));
  F32x16 largest = splat(-__builtin_inff());
  for (std::int64_t i = 0; i < call.count; ++i) largest = larger(load_part(in + i * step, call.dtype, lanes), largest);
  F32x16 total{};
  for (std::int64_t i = 0; i < call.count; ++i) total += exp(load_part(in + i * step, call.dtype, lanes) - largest);
  float logarithms[kLanes] = {};
  for (int lane = 0; lane < lanes; ++lane) logarithms[lane] = std::log(total[lane]);
  const F32x16 logarithm = load<F32x16>(logarithms);
  for (std::int64_t i = 0; i < call.count; ++i) {
    const F32x16 x = load_part(in + i * step, call.dtype, lanes) - largest;
    store_part(out + i * step, call.is_log ? x - logarithm : exp(x) / total, call.dtype, lanes);
  }
}

RHEO_INLINE void softmax_row(const SoftmaxCall& call, const void* in, void* out) {
  F32x16 most = splat(-__builtin_inff());
  for (std::int64_t i = 0; i < call.count; i += kLanes) {
    const int lanes = lanes_left(call.count, i);
    const F32x16 x = load_part(element_at(in, i, call.dtype), call.dtype, lanes);
    most = larger(lanes == kLanes ? x : first_lanes(x, lanes, -__builtin_inff()), most);
  }
  const float largest = largest_of_lanes(most);
  F32x16 totals{};
  for (std::int64_t i = 0; i < call.count; i += kLanes) {
    const int lanes = lanes_left(call.count, i);
    const F32x16 e = exp(load_part(element_at(in, i, call.dtype), call.dtype, lanes) - largest);
    totals += lanes == kLanes ? e : first_lanes(e, lanes, 0);
  }
  const float total = sum_of_lanes(totals);
  const float logarithm = std::log(total);
  for (std::int64_t i = 0; i < call.count; i += kLanes) {
    const int lanes = lanes_left(call.count, i);
    const F32x16 x = load_part(element_at(in, i, call.dtype), call.dtype, lanes) - largest;
    store_part(element_at(out, i, call.dtype), call.is_log ? x - logarithm : exp(x) * (1.0F / total), call.dtype,
               lanes);
  }
}

void softmax(const SoftmaxCall& call, const void* in, void* out) {
  if (call.stride == 1) return softmax_row(call, in, out);
  for (std::int64_t column = 0; column < call.stride; column += kLanes) {
    softmax_columns(call, element_at(in, column, call.dtype), element_at(out, column, call.dtype),
                    lanes_left(call.stride, column));
  }
}

}  // namespace
}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// Norms over groups, roots of squares, windows of channels and whole axes. Squares that overflow (of elements beyond
// about 1e19) make NaN, never a number that would pass for an answer.
// Include only from lanes/loops_<instruction set>.cpp; see vector.h.
#pragma once

#include <cmath>

#include "kernels/cpu/lanes/activate.h"
#include "kernels/cpu/lanes/loops.h"
#include "kernels/cpu/lanes/rows.h"
#include "kernels/cpu/lanes/vector.h"

namespace rheo {
namespace {

void accumulate_squares(const void* in, DType dtype, const float* mean, float* squares, std::int64_t count) {
  for (std::int64_t i = 0; i < count; i += kLanes) {
    const int lanes = lanes_left(count, i);
    const F32x16 off = load_part(element_at(in, i, dtype), dtype, lanes) - load_part(mean + i, DType::f32, lanes);
    store_part(squares + i, load_part(squares + i, DType::f32, lanes) + off * off, DType::f32, lanes);
  }
}

void centre(const void* in, void* out, DType dtype, const Centre& centre, std::int64_t step, std::int64_t count) {
  const auto at = [&](const float* from, std::int64_t i, int lanes) __attribute__((always_inline)) {
    return step == 0 ? splat(*from) : load_part(from + i, DType::f32, lanes);
  };
  for (std::int64_t i = 0; i < count; i += kLanes) {
    const int lanes = lanes_left(count, i);
    const F32x16 x = load_part(element_at(in, i, dtype), dtype, lanes) - at(centre.mean, i, lanes);
    store_part(element_at(out, i, dtype), x * at(centre.scale, i, lanes) + at(centre.shift, i, lanes), dtype, lanes);
  }
}

void rms_norm(const void* in, void* out, DType dtype, const float* scale, float epsilon, std::int64_t count) {
  F32x16 squares{};
  for (std::int64_t i = 0; i < count; i += kLanes) {
    const F32x16 x = load_part(element_at(in, i, dtype), dtype, lanes_left(count, i));
    squares += x * x;
  }
  const float square = sum_of_lanes(squares) / static_cast<float>(count);
  const F32x16 inverse = splat(1.0F / std::sqrt(square + epsilon) + 0.0F * square);
  for (std::int64_t i = 0; i < count; i += kLanes) {
    const int lanes = lanes_left(count, i);
    F32x16 y = load_part(element_at(in, i, dtype), dtype, lanes) * inverse;
    if (scale != nullptr) y *= load_part(scale + i, DType::f32, lanes);
    store_part(element_at(out, i, dtype), y, dtype, lanes);
  }
}

// Natural logarithm of a positive normal number: e ln 2 + ln m with m in [sqrt(1/2), sqrt(2)), the latter by the series
// of the inverse hyperbolic tangent (relative error about 1e-7). What is not finite gives itself.
RHEO_INLINE F32x16 log_of_positive(const F32x16& x) {
  const I32x16 bits = bits_as<I32x16>(x);
  const I32x16 exponent = (bits - 0x3F3504F3) >> 23;  // so that m stays around 1
  const F32x16 m = bits_as<F32x16>(bits - (exponent << 23));
  const F32x16 s = (m - 1.0F) / (m + 1.0F);
  const F32x16 square = s * s;
  F32x16 p = splat(1.0F / 9);
  p = p * square + 1.0F / 7;
  p = p * square + 1.0F / 5;
  p = p * square + 1.0F / 3;
  const F32x16 log = convert_lanes<F32x16>(exponent) * 0.693147181F + 2.0F * s * (1.0F + square * p);
  return select(x - x == 0.0F, log, x);
}

// The window of 16 elements at channel `c`; `in` is channel 0.
RHEO_INLINE F32x16 respond_at(const ResponseCall& call, const std::byte* in, std::int64_t c, int lanes) {
  const std::int64_t step = call.stride * static_cast<std::int64_t>(element_bytes(call.dtype));
  const std::int64_t first = c < call.before ? 0 : c - call.before;
  const std::int64_t last = c + call.after < call.channels ? c + call.after : call.channels - 1;
  F32x16 squares{};
  for (std::int64_t k = first; k <= last; ++k) {
    const F32x16 x = load_part(in + k * step, call.dtype, lanes);
    squares += x * x;
  }
  return load_part(in + c * step, call.dtype, lanes) *
         exp(-call.beta * log_of_positive(call.bias + call.factor * squares));
}

// Channels far apart: 16 neighbours of every channel at once.
RHEO_INLINE void respond_apart(const ResponseCall& call, const void* in, void* out, std::int64_t count) {
  const std::int64_t step = call.stride * static_cast<std::int64_t>(element_bytes(call.dtype));
  for (std::int64_t i = 0; i < count; i += kLanes) {
    const int lanes = lanes_left(count, i);
    for (std::int64_t c = 0; c < call.channels; ++c) {
      store_part(element_at(out, i, call.dtype) + c * step, respond_at(call, element_at(in, i, call.dtype), c, lanes),
                 call.dtype, lanes);
    }
  }
}

// Channels side by side: 16 of them at once, their windows by loads that are shifted against each other.
RHEO_INLINE void respond_dense(const ResponseCall& call, const void* in, void* out) {
  for (std::int64_t c = 0; c < call.channels; c += kLanes) {
    const int lanes = lanes_left(call.channels, c);
    F32x16 squares{};
    for (std::int64_t k = c - call.before; k <= c + call.after; ++k) {
      if (k >= 0 && k + kLanes <= call.channels) {
        const F32x16 x = load_as_f32(element_at(in, k, call.dtype), call.dtype);
        squares += x * x;
        continue;
      }
      float x[kLanes] = {};
      const std::int64_t first = k < 0 ? -k : 0;
      for (std::int64_t i = first; i < lanes && k + i < call.channels; ++i)
        x[i] = load_part(element_at(in, k + i, call.dtype), call.dtype, 1)[0];
      squares += load<F32x16>(x) * load<F32x16>(x);
    }
    const F32x16 y = load_part(element_at(in, c, call.dtype), call.dtype, lanes) *
                     exp(-call.beta * log_of_positive(call.bias + call.factor * squares));
    store_part(element_at(out, c, call.dtype), y, call.dtype, lanes);
  }
}

// `count`: elements side by side that each begin a column of channels; with a stride of 1 there is one.
void respond(const ResponseCall& call, const void* in, void* out, std::int64_t count) {
  if (call.stride == 1) return respond_dense(call, in, out);
  respond_apart(call, in, out, count);
}

RHEO_INLINE F32x16 power_of(const LpCall& call, const F32x16& x) { return call.squares ? x * x : larger(x, -x); }

// 1 / norm; 0 where the norm is 0, NaN where it is not finite.
RHEO_INLINE float inverse_norm(const LpCall& call, float sum) {
  if (sum == 0) return 0;
  return 1.0F / (call.squares ? std::sqrt(sum) : sum) + 0.0F * sum;
}

void lp_normalize(const LpCall& call, const void* in, void* out) {
  if (call.stride == 1) {
    F32x16 sums{};
    for (std::int64_t i = 0; i < call.count; i += kLanes) {
      sums += power_of(call, load_part(element_at(in, i, call.dtype), call.dtype, lanes_left(call.count, i)));
    }
    const float inverse = inverse_norm(call, sum_of_lanes(sums));
    for (std::int64_t i = 0; i < call.count; i += kLanes) {
      const int lanes = lanes_left(call.count, i);
      store_part(element_at(out, i, call.dtype), load_part(element_at(in, i, call.dtype), call.dtype, lanes) * inverse,
                 call.dtype, lanes);
    }
    return;
  }
  const std::int64_t step = call.stride * static_cast<std::int64_t>(element_bytes(call.dtype));
  for (std::int64_t column = 0; column < call.stride; column += kLanes) {
    const int lanes = lanes_left(call.stride, column);
    const std::byte* from = element_at(in, column, call.dtype);
    std::byte* to = element_at(out, column, call.dtype);
    F32x16 sums{};
    for (std::int64_t i = 0; i < call.count; ++i) sums += power_of(call, load_part(from + i * step, call.dtype, lanes));
    float inverses[kLanes] = {};
    for (int lane = 0; lane < lanes; ++lane) inverses[lane] = inverse_norm(call, sums[lane]);
    const F32x16 inverse = load<F32x16>(inverses);
    for (std::int64_t i = 0; i < call.count; ++i)
      store_part(to + i * step, load_part(from + i * step, call.dtype, lanes) * inverse, call.dtype, lanes);
  }
}

}  // namespace
}  // namespace rheo

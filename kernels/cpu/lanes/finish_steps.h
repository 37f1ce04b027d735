// SPDX-License-Identifier: Apache-2.0
// The end of 8-bit sums whose result is 8-bit again, on any processor: one multiply-add in steps of the result, two
// bounds, one conversion. Include only from files named for an instruction set; see vector.h.
#pragma once

#include "kernels/cpu/lanes/loops.h"
#include "kernels/cpu/lanes/unrolled.h"
#include "kernels/cpu/lanes/vector.h"

namespace rheo {
namespace {

// Stores whole steps within the bounds of a byte: 1.5 * 2^23 more leaves the byte in the lowest bits. Scales and biases
// are finite, so there is no NaN.
RHEO_INLINE void store_steps(std::byte* to, const F32x16& steps, int count) {
  const U8x16 bytes = low_bytes(bits_as<I32x16>(steps + 12582912.0F));
  if (count >= kLanes) return store(to, bytes);
  std::byte part[kLanes];
  store(part, bytes);
  std::memcpy(to, part, static_cast<std::size_t>(count));
}

// residual(at, count) is what the 16 elements from `at` on add, in steps.
template <int P, int V, typename Result, typename Residual>
RHEO_INLINE void store_all_steps(const Result& result, const Residual& residual, const TileCall& call,
                                 const Finish& finish) {
  std::byte* to = static_cast<std::byte*>(finish.output);
  const F32x16 low = splat(finish.byte_low);
  const F32x16 high = splat(finish.byte_high);
  unrolled<V>([&](auto v) __attribute__((always_inline)) {
    const std::int64_t channel = call.first_channel + v * kLanes;
    const int count = call.channels - v * kLanes;
    const F32x16 scale = load<F32x16>(finish.byte_scale + channel);
    const F32x16 bias = load<F32x16>(finish.byte_bias + channel);
    unrolled<P>([&](auto p) __attribute__((always_inline)) {
      const std::int64_t at = call.outputs[p] * call.channel_stride + channel;
      const F32x16 y = result(p, v) * scale + bias + residual(at, count);
      store_steps(to + at, smaller(larger(y, low), high), count);
    });
  });
}

// result(p, v): a sum as f32. False: another end, nothing is done.
template <int P, int V, typename Result>
RHEO_INLINE bool finish_in_steps(const Result& result, const TileCall& call, const Finish& finish) {
  const bool residual_fits =
      finish.residual == nullptr || finish.residual_dtype == DType::u8 || finish.residual_dtype == DType::i8;
  if (finish.byte_scale == nullptr || finish.is_byte_gelu || !residual_fits) return false;
  if (finish.residual == nullptr) {
    store_all_steps<P, V>(
        result, [](std::int64_t, int) __attribute__((always_inline)) { return F32x16{}; }, call, finish);
    return true;
  }
  const std::byte* residual = static_cast<const std::byte*>(finish.residual);
  const bool is_signed = finish.residual_dtype == DType::i8;
  store_all_steps<P, V>(
      result,
      [&](std::int64_t at, int count) __attribute__((always_inline)) {
        return load_part(residual + at, is_signed ? DType::i8 : DType::u8, count) * finish.byte_residual_scale;
      },
      call, finish);
  return true;
}

}  // namespace
}  // namespace rheo

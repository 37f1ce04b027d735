// SPDX-License-Identifier: Apache-2.0
// Maximum and average over windows of pictures whose channels lie innermost.
// Include only from lanes/loops_<instruction set>.cpp; see vector.h.
#pragma once

#include "kernels/cpu/lanes/loops.h"
#include "kernels/cpu/lanes/vector.h"

namespace rheo {
namespace {

// `count` channels from `from` on; all sixteen in the common case, so that the loop has no branch on it.
template <DType From, bool IsMax>
RHEO_INLINE F32x16 pool_channels(const PoolWindow& w, const std::byte* from, int count) {
  constexpr std::int64_t kBytes = static_cast<std::int64_t>(element_bytes(From));
  F32x16 result = splat(IsMax ? -__builtin_inff() : 0.0F);
  const auto walk = [&](auto&& read) __attribute__((always_inline)) {
    for (std::int64_t y = 0; y < w.rows; ++y) {
      const std::byte* at = from + y * w.row_stride * kBytes;
      for (std::int64_t x = 0; x < w.columns; ++x, at += w.column_stride * kBytes) {
        const F32x16 value = read(at);
        if constexpr (IsMax) {
          result = select((value > result) | (value != value), value, result);
        } else {
          result += value;
        }
      }
    }
  };
  if (count == kLanes) {
    walk([](const std::byte* at) __attribute__((always_inline)) { return load_as_f32(at, From); });
  } else {
    walk([count](const std::byte* at) __attribute__((always_inline)) { return load_part(at, From, count); });
  }
  return result;
}

template <DType From, bool IsMax>
void pool_typed(const PoolWindow& w, const void* in, void* out) {
  constexpr std::int64_t kFromBytes = static_cast<std::int64_t>(element_bytes(From));
  const std::int64_t to_bytes = static_cast<std::int64_t>(element_bytes(w.to));
  std::byte* to = static_cast<std::byte*>(out);
  for (std::int64_t channel = 0; channel < w.channels; channel += kLanes) {
    const int count = static_cast<int>(w.channels - channel < kLanes ? w.channels - channel : kLanes);
    F32x16 result = pool_channels<From, IsMax>(w, static_cast<const std::byte*>(in) + channel * kFromBytes, count);
    if constexpr (!IsMax) result = result * splat(w.factor) + splat(w.shift);
    if (w.out_channel_stride == 1) {
      store_part(to + channel * to_bytes, result, w.to, count);
      continue;
    }
    alignas(64) std::byte row[64];
    store_from_f32(row, result, w.to);
    scatter(row, 1, to + channel * w.out_channel_stride * to_bytes, w.out_channel_stride, to_bytes, count);
  }
}

template <DType From>
void pool_of(const PoolWindow& window, const void* in, void* out) {
  if (window.is_max) return pool_typed<From, true>(window, in, out);
  pool_typed<From, false>(window, in, out);
}

void pool(const PoolWindow& window, const void* in, void* out) {
  switch (window.from) {
    case DType::bf16: return pool_of<DType::bf16>(window, in, out);
    case DType::u8: return pool_of<DType::u8>(window, in, out);
    case DType::i8: return pool_of<DType::i8>(window, in, out);
    default: return pool_of<DType::f32>(window, in, out);
  }
}

}  // namespace
}  // namespace rheo

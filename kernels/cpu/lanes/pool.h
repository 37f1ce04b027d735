// SPDX-License-Identifier: Apache-2.0
// Maximum and average over windows of pictures whose channels lie innermost.
// Include only from lanes/loops_<instruction set>.cpp; see vector.h.
#pragma once

#include "kernels/cpu/lanes/loops.h"
#include "kernels/cpu/lanes/vector.h"

namespace rheo {
namespace {

template <DType From>
void pool_typed(const PoolWindow& w, const void* in, void* out) {
  const std::byte* from = static_cast<const std::byte*>(in);
  std::byte* to = static_cast<std::byte*>(out);
  constexpr std::int64_t kFromBytes = static_cast<std::int64_t>(element_bytes(From));
  const std::int64_t to_bytes = static_cast<std::int64_t>(element_bytes(w.to));
  for (std::int64_t channel = 0; channel < w.channels; channel += kLanes) {
    const int count = static_cast<int>(w.channels - channel < kLanes ? w.channels - channel : kLanes);
    F32x16 result = splat(w.is_max ? -__builtin_inff() : 0.0F);
    for (std::int64_t y = 0; y < w.rows; ++y) {
      const std::byte* line = from + (y * w.row_stride + channel) * kFromBytes;
      for (std::int64_t x = 0; x < w.columns; ++x) {
        const F32x16 value = load_part(line + x * w.column_stride * kFromBytes, From, count);
        const F32x16 greater = ((value > result) | (value != value)) ? value : result;
        result = w.is_max ? greater : result + value;
      }
    }
    if (!w.is_max) result *= splat(w.factor);
    if (w.out_channel_stride == 1) {
      store_part(to + channel * to_bytes, result, w.to, count);
      continue;
    }
    alignas(64) std::byte row[64];
    store_from_f32(row, result, w.to);
    for (int lane = 0; lane < count; ++lane) {
      std::memcpy(to + (channel + lane) * w.out_channel_stride * to_bytes, row + lane * to_bytes,
                  static_cast<std::size_t>(to_bytes));
    }
  }
}

void pool(const PoolWindow& window, const void* in, void* out) {
  switch (window.from) {
    case DType::bf16: return pool_typed<DType::bf16>(window, in, out);
    case DType::u8: return pool_typed<DType::u8>(window, in, out);
    case DType::i8: return pool_typed<DType::i8>(window, in, out);
    default: return pool_typed<DType::f32>(window, in, out);
  }
}

}  // namespace
}  // namespace rheo

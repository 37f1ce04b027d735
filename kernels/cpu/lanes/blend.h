// SPDX-License-Identifier: Apache-2.0
// Weighted sums of rows and of scattered points: what resize computes. Include only from
// lanes/loops_<instruction set>.cpp; see vector.h.
#pragma once

#include "kernels/cpu/lanes/loops.h"
#include "kernels/cpu/lanes/vector.h"

namespace rheo {
namespace {

template <DType from>
void blend_from(const BlendCall& call, std::byte* out, std::int64_t count) {
  constexpr auto kFrom = static_cast<std::int64_t>(element_bytes(from));
  const auto to_bytes = static_cast<std::int64_t>(element_bytes(call.to));
  for (std::int64_t i = 0; i < count; i += kLanes) {
    const int lanes = static_cast<int>(count - i < kLanes ? count - i : kLanes);
    F32x16 sum = load_part(call.rows[0] + i * kFrom, from, lanes) * call.weights[0];
    for (int row = 1; row < call.count; ++row) {
      sum += load_part(call.rows[row] + i * kFrom, from, lanes) * call.weights[row];
    }
    store_part(out + i * to_bytes, sum, call.to, lanes);
  }
}

void blend(const BlendCall& call, void* out, std::int64_t count) {
  std::byte* to = static_cast<std::byte*>(out);
  switch (call.from) {
    case DType::bf16: return blend_from<DType::bf16>(call, to, count);
    case DType::u8: return blend_from<DType::u8>(call, to, count);
    case DType::i8: return blend_from<DType::i8>(call, to, count);
    default: return blend_from<DType::f32>(call, to, count);
  }
}

void blend_points(const float* in, const std::int32_t* offsets, const float* weights, int taps, void* out, DType to,
                  std::int64_t count) {
  std::byte* target = static_cast<std::byte*>(out);
  const auto bytes = static_cast<std::int64_t>(element_bytes(to));
  for (std::int64_t i = 0; i < count; i += kLanes) {
    const int lanes = static_cast<int>(count - i < kLanes ? count - i : kLanes);
    F32x16 sum{};
    for (int tap = 0; tap < taps; ++tap) {
      const std::int32_t* from = offsets + tap * count + i;
      float points[kLanes] = {};
      for (int lane = 0; lane < lanes; ++lane) points[lane] = in[from[lane]];
      sum += load<F32x16>(points) * load_part(weights + tap * count + i, DType::f32, lanes);
    }
    store_part(target + i * bytes, sum, to, lanes);
  }
}

}  // namespace
}  // namespace rheo

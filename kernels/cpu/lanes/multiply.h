// SPDX-License-Identifier: Apache-2.0
// out[m, n] = sum over k of a[m, k] * b[k, n] for two values made at run time, so nothing is packed.
// Include only from lanes/loops_<instruction set>.cpp; see vector.h.
#pragma once

#include "kernels/cpu/lanes/loops.h"
#include "kernels/cpu/lanes/tile.h"
#include "kernels/cpu/lanes/vector.h"

namespace rheo {
namespace {

RHEO_INLINE float scalar_at(const std::byte* from, DType dtype) {
  if (dtype == DType::f32) {
    float value;
    std::memcpy(&value, from, sizeof(value));
    return value;
  }
  std::uint16_t half;
  std::memcpy(&half, from, sizeof(half));
  return bits_as<float>(std::uint32_t{half} << 16);
}

// `columns`: 1..16 * V, from column n on.
template <DType Type, int P, int V>
RHEO_INLINE void multiply_tile(const MultiplyCall& call, std::int64_t m, std::int64_t n, int columns) {
  constexpr std::int64_t kBytes = static_cast<std::int64_t>(element_bytes(Type));
  const std::byte* a = static_cast<const std::byte*>(call.a) + m * call.depth * kBytes;
  const std::byte* b = static_cast<const std::byte*>(call.b) + n * kBytes;
  F32x16 sums[P][V] = {};
  for (std::int64_t k = 0; k < call.depth; ++k) {
    F32x16 row[V];
    unrolled<V>([&](auto v) __attribute__((always_inline)) {
      const int count = columns - v * kLanes;
      row[v] = load_part(b + (k * call.columns + v * kLanes) * kBytes, Type, count);
    });
    unrolled<P>([&](auto p) __attribute__((always_inline)) {
      const float x = scalar_at(a + (p * call.depth + k) * kBytes, Type);
      unrolled<V>([&](auto v) __attribute__((always_inline)) { sums[p][v] += x * row[v]; });
    });
  }
  std::byte* out = static_cast<std::byte*>(call.out) + (m * call.columns + n) * kBytes;
  unrolled<P>([&](auto p) __attribute__((always_inline)) {
    unrolled<V>([&](auto v) __attribute__((always_inline)) {
      store_part(out + (p * call.columns + v * kLanes) * kBytes, sums[p][v], Type, columns - v * kLanes);
    });
  });
}

template <DType Type, int P, int V>
void multiply_typed(const MultiplyCall& call) {
  for (std::int64_t n = 0; n < call.columns;) {
    const bool wide = call.columns - n >= kLanes * V;
    const int columns = wide ? kLanes * V : static_cast<int>(call.columns - n < kLanes ? call.columns - n : kLanes);
    std::int64_t m = 0;
    for (; m + P <= call.rows; m += P) {
      if (wide) multiply_tile<Type, P, V>(call, m, n, kLanes * V);
      if (!wide) multiply_tile<Type, P, 1>(call, m, n, columns);
    }
    for (; m < call.rows; ++m) {
      if (wide) multiply_tile<Type, 1, V>(call, m, n, kLanes * V);
      if (!wide) multiply_tile<Type, 1, 1>(call, m, n, columns);
    }
    n += columns;
  }
}

template <int P, int V>
void multiply(const MultiplyCall& call) {
  if (call.dtype == DType::bf16) return multiply_typed<DType::bf16, P, V>(call);
  multiply_typed<DType::f32, P, V>(call);
}

}  // namespace
}  // namespace rheo

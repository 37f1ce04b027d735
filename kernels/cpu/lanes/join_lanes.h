// SPDX-License-Identifier: Apache-2.0
// Sixteen lanes that become one number. Include only from files named for an instruction set; see vector.h.
#pragma once

#include "kernels/cpu/lanes/vector.h"

namespace rheo {
namespace {

RHEO_INLINE int lanes_left(std::int64_t count, std::int64_t i) {
  return static_cast<int>(count - i < kLanes ? count - i : kLanes);
}

// Half of a vector: the first or the second.
template <typename Half, typename Whole>
RHEO_INLINE Half half_of(const Whole& whole, std::size_t which) {
  Half half;
  std::memcpy(&half, reinterpret_cast<const std::byte*>(&whole) + which * sizeof(half), sizeof(half));
  return half;
}

// Joins each half with the other until one lane is left, so that the result does not depend on the instruction set.
template <typename Join>
RHEO_INLINE float joined_lanes(const F32x16& lanes, const Join& join) {
  using F32x8 = float __attribute__((vector_size(32)));
  using F32x4 = float __attribute__((vector_size(16)));
  const F32x8 eight = join(half_of<F32x8>(lanes, 0), half_of<F32x8>(lanes, 1));
  const F32x4 four = join(half_of<F32x4>(eight, 0), half_of<F32x4>(eight, 1));
  return join(join(four[0], four[2]), join(four[1], four[3]));
}

RHEO_INLINE float sum_of_lanes(const F32x16& lanes) {
  return joined_lanes(
      lanes, [](const auto& a, const auto& b) __attribute__((always_inline)) { return a + b; });
}

}  // namespace
}  // namespace rheo

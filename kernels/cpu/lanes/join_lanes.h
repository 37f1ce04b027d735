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
template <typename V, typename Join>
RHEO_INLINE float joined_lanes(const V& lanes, const Join& join) {
  if constexpr (kIsHalves<V>) {
    return joined_lanes(join(lanes.low, lanes.high), join);
  } else if constexpr (kLanesOf<V> > 4) {
    using Half = Lanes<float, kLanesOf<V> / 2>;
    return joined_lanes(join(half_of<Half>(lanes, 0), half_of<Half>(lanes, 1)), join);
  } else {
    return join(join(lanes[0], lanes[2]), join(lanes[1], lanes[3]));
  }
}

RHEO_INLINE float largest_of_lanes(const F32x16& lanes) {
  return joined_lanes(
      lanes, [](const auto& a, const auto& b) __attribute__((always_inline)) { return select(b > a, b, a); });
}

RHEO_INLINE float sum_of_lanes(const F32x16& lanes) {
  return joined_lanes(
      lanes, [](const auto& a, const auto& b) __attribute__((always_inline)) { return a + b; });
}

}  // namespace
}  // namespace rheo

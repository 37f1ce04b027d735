// SPDX-License-Identifier: Apache-2.0
// A loop whose counter is a constant, so that arrays indexed by it stay in registers. Include only from files compiled
// for one instruction set; see vector.h.
#pragma once

#include <type_traits>
#include <utility>

#include "kernels/cpu/lanes/vector.h"

namespace rheo {
namespace {

template <int N, typename F>
RHEO_INLINE void unrolled(F&& f) {
  [&]<int... I>(std::integer_sequence<int, I...>) __attribute__((always_inline)) {
    (f(std::integral_constant<int, I>{}), ...);
  }
  (std::make_integer_sequence<int, N>{});
}

}  // namespace
}  // namespace rheo

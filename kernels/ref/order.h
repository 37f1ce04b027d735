// SPDX-License-Identifier: Apache-2.0
// The order that argmax, argmin and top_k follow: a NaN comes first in either direction.
#pragma once

#include <cmath>
#include <cstdint>

#include "tensor/tensor_type.h"

namespace rheo::ref {

// True when `a` comes before `b`, and they are not equal.
inline bool comes_before(double a, double b, bool largest_first) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && !std::isnan(b);
  return largest_first ? a > b : a < b;
}
inline bool comes_before(std::int64_t a, std::int64_t b, bool largest_first) { return largest_first ? a > b : a < b; }

}  // namespace rheo::ref

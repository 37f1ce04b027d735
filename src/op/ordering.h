// SPDX-License-Identifier: Apache-2.0
// Settings of ops that depend on the order of elements along one axis: top_k and cumsum.
#pragma once

#include <cstdint>

#include <rheo/tensor.h>

#include "op/attributes.h"

namespace rheo {

// Value types; read from attributes that passed infer_types.
struct TopKSettings {
  std::size_t axis = 0;
  std::int64_t k = 1;      // 0 to the size of the axis
  bool is_largest = true;  // false: the smallest
  static TopKSettings from(const Attributes& attributes, std::size_t rank);
};

struct CumsumSettings {
  std::size_t axis = 0;
  bool is_exclusive = false;  // element i sums those before it, else itself too
  bool is_reverse = false;    // from the end of the axis
  static CumsumSettings from(const Attributes& attributes, std::size_t rank);
};

}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// Settings of lp_normalize.
#pragma once

#include <cstddef>
#include <cstdint>

#include "op/attributes.h"

namespace rheo {

// A value type; read from attributes that passed infer_types.
struct LpNormalizeSettings {
  std::size_t axis = 0;  // from 0
  std::int64_t p = 2;    // 1 or 2
  static LpNormalizeSettings from(const Attributes& attributes, std::size_t rank);
};

}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// Numbers that a script in another language makes alike, so that expected values can come from another implementation.
#pragma once

#include <cstdint>
#include <vector>

#include "support/tensors.h"

namespace rheo::testing {

// Element i is (((i + seed) * 7) % 11 - 5) / 8.
inline Tensor pattern_of(const Shape& shape, std::int64_t seed) {
  std::vector<double> values;
  for (std::int64_t i = 0; i < shape.elements(); ++i)
    values.push_back(static_cast<double>((i + seed) * 7 % 11 - 5) / 8);
  return f32_of(shape, values);
}

}  // namespace rheo::testing

// SPDX-License-Identifier: Apache-2.0
// Settings of local_response_norm.
#pragma once

#include <cstdint>

#include "op/attributes.h"

namespace rheo {

// A value type; read from attributes that passed infer_types.
struct LocalResponseNormSettings {
  std::int64_t size = 1;  // channels in the window
  double alpha = 1e-4;    // the sum of squares counts alpha / size
  double beta = 0.75;     // exponent of the divisor
  double bias = 1;
  static LocalResponseNormSettings from(const Attributes& attributes);

  // How many channels of the window lie before its own, and after it.
  std::int64_t before() const { return (size - 1) / 2; }
  std::int64_t after() const { return size / 2; }
};

}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// Settings of batch_norm and layer_norm.
#pragma once

#include <cstddef>

#include "op/attributes.h"

namespace rheo {

// Value types; read from attributes that passed infer_types.
struct BatchNormSettings {
  double epsilon = 1e-5;
  static BatchNormSettings from(const Attributes& attributes);
};

struct LayerNormSettings {
  double epsilon = 1e-5;
  std::size_t axes = 1;  // how many of the last dimensions are normalised together
  static LayerNormSettings from(const Attributes& attributes);
};

}  // namespace rheo

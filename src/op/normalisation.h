// SPDX-License-Identifier: Apache-2.0
// Settings of batch_norm, layer_norm, group_norm and rms_norm.
#pragma once

#include <cstddef>
#include <cstdint>

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

struct GroupNormSettings {
  double epsilon = 1e-5;
  std::int64_t groups = 1;
  static GroupNormSettings from(const Attributes& attributes);
};

// rms_norm reads what layer_norm reads.
using RmsNormSettings = LayerNormSettings;

}  // namespace rheo

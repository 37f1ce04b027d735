// SPDX-License-Identifier: Apache-2.0
// Settings of the unary element-wise ops, alone or fused into conv2d and linear.
#pragma once

#include <limits>

#include <rheo/status.h>

#include "op/attributes.h"
#include "op/op.h"

namespace rheo {

// A value type; read from attributes that passed infer_types. Formulas, x in real units:
//   relu max(x, 0)   relu6 min(max(x, 0), 6)   hardsigmoid min(max(x + 3, 0), 6) / 6   hardswish x * hardsigmoid(x)
//   sigmoid 1 / (1 + e^-x)   silu x * sigmoid(x)   tanh   gelu x * (1 + erf(x / sqrt 2)) / 2   clamp min(max(x, low),
//   high)
struct ActivationSettings {
  OpKind kind = OpKind::relu;
  double low = -std::numeric_limits<double>::infinity();  // clamp only
  double high = std::numeric_limits<double>::infinity();

  // An op of its own: clamp reads "min" and "max".
  static ActivationSettings alone(OpKind kind, const Attributes& attributes);
  // Fused: clamp reads "alpha" (low) and "beta" (high).
  static ActivationSettings fused(OpKind kind, const Attributes& attributes);
};

// Checks "activation", "alpha" and "beta" of an op that an activation was fused into.
Status check_fused_activation(const OpContext& context);

}  // namespace rheo

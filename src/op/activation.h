// SPDX-License-Identifier: Apache-2.0
// Settings of the unary element-wise ops of floats, alone or fused into conv2d and linear.
#pragma once

#include <limits>

#include <rheo/status.h>

#include "op/attributes.h"
#include "op/op.h"

namespace rheo {

// A value type; read from attributes that passed infer_types. Formulas, x in real units:
//   relu max(x, 0)   relu6 min(max(x, 0), 6)   clamp min(max(x, low), high)
//   hardsigmoid min(max(alpha * x + beta, 0), 1)   hardswish x * min(max(x + 3, 0), 6) / 6
//   sigmoid 1 / (1 + e^-x)   silu x * sigmoid(x)   tanh
//   gelu x * (1 + erf(x / sqrt 2)) / 2, or with "approximate" "tanh" x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3)))
//   / 2 leaky_relu x < 0 ? alpha * x : x   elu x < 0 ? alpha * (e^x - 1) : x   celu x < 0 ? alpha * (e^(x / alpha) - 1)
//   : x selu gamma * (x < 0 ? alpha * (e^x - 1) : x)   thresholded_relu x <= alpha ? 0 : x softplus log(1 + e^x)
//   softsign x / (1 + |x|)   mish x * tanh(softplus(x))
// All others are the functions that their names say.
struct ActivationSettings {
  OpKind kind = OpKind::relu;
  double low = -std::numeric_limits<double>::infinity();  // clamp only
  double high = std::numeric_limits<double>::infinity();
  double alpha = 1;                  // where the formula has it
  double beta = 0;                   // hardsigmoid
  double gamma = 1;                  // selu
  bool is_tanh_approximate = false;  // gelu

  // An op of its own: clamp reads "min" and "max".
  static ActivationSettings alone(OpKind kind, const Attributes& attributes);
  // Fused: clamp reads "alpha" (low) and "beta" (high).
  static ActivationSettings fused(OpKind kind, const Attributes& attributes);
};

// Checks "activation" and the attributes that go with it, of an op that an activation was fused into.
Status check_fused_activation(const OpContext& context);

}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// A unary function by name, as kernels fuse it. relu6 is a clamp to [0, 6]; hardsigmoid is the common one, with a slope
// of 1/6 around 0.5, and any other is a sloped_clamp.
#pragma once

#include <rheo/status.h>

#include "op/attributes.h"
#include "op/op.h"

namespace rheo {

struct Activation {
  enum class Kind : unsigned char {
    none,
    relu,
    clamp,
    hardswish,
    hardsigmoid,
    silu,
    gelu,
    sigmoid,
    tanh,
    leaky_relu,
    elu,
    gelu_tanh,
    sloped_clamp
  };
  Kind kind = Kind::none;
  float alpha = 0;  // clamp: smallest result; leaky_relu, elu: factor below 0; sloped_clamp: slope
  float beta = 0;   // clamp: largest result; sloped_clamp: value at 0
};

// The "activation" of a conv2d or linear with its attributes; unsupported for a name this backend does not know.
Result<Activation> fused_activation(const Attributes& attributes);
// The function that a unary op computes; for clamp its "min" and "max".
Result<Activation> activation_of(OpKind op, const Attributes& attributes);
// f(0) = 0: blocks padded with zeros stay padded with zeros.
bool keeps_zero(const Activation& activation);

}  // namespace rheo

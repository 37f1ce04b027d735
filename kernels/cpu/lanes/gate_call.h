// SPDX-License-Identifier: Apache-2.0
// One step of one item of a recurrent op, after its products. Plain data; formulas are in op/recurrent.h.
#pragma once

#include <cstdint>

#include "kernels/cpu/activation.h"

namespace rheo {

struct GateCall {
  float* sums = nullptr;  // of gate g and unit j at g * gate_stride + j; gru has its product with r_h in a fourth gate
  std::int64_t gate_stride = 0;
  std::int64_t hidden = 0;
  const float* peepholes = nullptr;  // lstm: [3][hidden], or null
  float* cell = nullptr;             // lstm: C, in place
  float* state = nullptr;            // H, in place
  float* y = nullptr;                // H once more
  Activation f, g, h;
  float clip = 0;             // infinity: none
  bool input_forget = false;  // lstm
  bool resets_after = false;  // gru: linear_before_reset
};

}  // namespace rheo

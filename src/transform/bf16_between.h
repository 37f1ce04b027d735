// SPDX-License-Identifier: Apache-2.0
// Which values between 8-bit layers may be bf16 instead of f32: those that reach nothing but attention, rounded to 8
// bits on their way or not, and what attention makes of them, up to where it is quantised again. The model itself holds
// these values in 8 bits, whose steps are wider than those of bf16 for all but the largest of them, and as wide for
// those.
#pragma once

#include <vector>

#include "graph/graph.h"

namespace rheo {

// By value. A layer whose result is among them can answer in bf16 (op/op.h); all other makers follow their inputs.
std::vector<bool> bf16_between_8_bit(const Graph& graph);

}  // namespace rheo

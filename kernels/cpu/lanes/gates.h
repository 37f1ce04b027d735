// SPDX-License-Identifier: Apache-2.0
// The steps of recurrent ops, sixteen units at a time: from the sums of products to the next state.
// Include only from lanes/loops_<instruction set>.cpp; see vector.h.
#pragma once

#include "kernels/cpu/lanes/activate.h"
#include "kernels/cpu/lanes/loops.h"
#include "kernels/cpu/lanes/rows.h"
#include "kernels/cpu/lanes/vector.h"

namespace rheo {
namespace {

RHEO_INLINE F32x16 gate_sum(const GateCall& call, std::int64_t gate, std::int64_t unit, int lanes) {
  return load_part(call.sums + gate * call.gate_stride + unit, DType::f32, lanes);
}

// Plus peephole number `index` times the state that it looks at.
RHEO_INLINE F32x16 peeped(const GateCall& call, const F32x16& sum, std::int64_t index, std::int64_t unit, int lanes,
                          const F32x16& cell) {
  if (call.peepholes == nullptr) return sum;
  return sum + load_part(call.peepholes + index * call.hidden + unit, DType::f32, lanes) * cell;
}

RHEO_INLINE F32x16 clipped(const GateCall& call, const F32x16& sum, const Activation& activation) {
  return activate(smaller(larger(sum, splat(-call.clip)), splat(call.clip)), activation);
}

void lstm_step(const GateCall& call) {
  for (std::int64_t unit = 0; unit < call.hidden; unit += kLanes) {
    const int lanes = lanes_left(call.hidden, unit);
    const F32x16 old = load_part(call.cell + unit, DType::f32, lanes);
    const F32x16 in = clipped(call, peeped(call, gate_sum(call, 0, unit, lanes), 0, unit, lanes, old), call.f);
    const F32x16 forget =
        call.input_forget ? 1.0F - in
                          : clipped(call, peeped(call, gate_sum(call, 2, unit, lanes), 2, unit, lanes, old), call.f);
    const F32x16 cell = forget * old + in * clipped(call, gate_sum(call, 3, unit, lanes), call.g);
    const F32x16 out = clipped(call, peeped(call, gate_sum(call, 1, unit, lanes), 1, unit, lanes, cell), call.f);
    const F32x16 state = out * activate(cell, call.h);
    store_part(call.cell + unit, cell, DType::f32, lanes);
    store_part(call.state + unit, state, DType::f32, lanes);
    store_part(call.y + unit, state, DType::f32, lanes);
  }
}

// z in place; in place of r what the next product needs: r itself, or r * H.
void gru_gates(const GateCall& call) {
  for (std::int64_t unit = 0; unit < call.hidden; unit += kLanes) {
    const int lanes = lanes_left(call.hidden, unit);
    const F32x16 update = clipped(call, gate_sum(call, 0, unit, lanes), call.f);
    F32x16 reset = clipped(call, gate_sum(call, 1, unit, lanes), call.f);
    if (!call.resets_after) reset *= load_part(call.state + unit, DType::f32, lanes);
    store_part(call.sums + unit, update, DType::f32, lanes);
    store_part(call.sums + call.gate_stride + unit, reset, DType::f32, lanes);
  }
}

void gru_step(const GateCall& call) {
  for (std::int64_t unit = 0; unit < call.hidden; unit += kLanes) {
    const int lanes = lanes_left(call.hidden, unit);
    const F32x16 update = gate_sum(call, 0, unit, lanes);
    F32x16 product = gate_sum(call, 3, unit, lanes);
    if (call.resets_after) product *= gate_sum(call, 1, unit, lanes);
    const F32x16 fresh = clipped(call, gate_sum(call, 2, unit, lanes) + product, call.g);
    const F32x16 state = (1.0F - update) * fresh + update * load_part(call.state + unit, DType::f32, lanes);
    store_part(call.state + unit, state, DType::f32, lanes);
    store_part(call.y + unit, state, DType::f32, lanes);
  }
}

void rnn_step(const GateCall& call) {
  for (std::int64_t unit = 0; unit < call.hidden; unit += kLanes) {
    const int lanes = lanes_left(call.hidden, unit);
    const F32x16 state = clipped(call, gate_sum(call, 0, unit, lanes), call.f);
    store_part(call.state + unit, state, DType::f32, lanes);
    store_part(call.y + unit, state, DType::f32, lanes);
  }
}

}  // namespace
}  // namespace rheo

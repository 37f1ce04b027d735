// SPDX-License-Identifier: Apache-2.0
// A recurrent request read once: settings, packed weights, biases by gate. Made with the kernel, const and shared.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include <rheo/status.h>

#include "kernels/cpu/activation.h"
#include "kernels/cpu/dot_pack.h"
#include "kernels/cpu/lanes/loops.h"
#include "kernels/kernel.h"
#include "op/recurrent.h"

namespace rheo {

// The sums of one step of one item: a row of gates, each padded to whole vectors. gru has a fourth gate, for what it
// multiplies the last state with on its own.
struct RecurrentPlan {
  OpKind op = OpKind::rnn;
  RecurrentSettings settings;
  RecurrentSizes sizes;
  const Loops* loops = nullptr;
  DotLoops dot;
  std::shared_ptr<const DotPack> input_weights, state_weights;  // a group is one gate of one direction
  std::vector<std::array<Activation, 3>> activations;           // by direction
  std::vector<float> ones, zeros;                               // one row, and 16 more
  std::vector<std::vector<float>> bias;                         // by direction, one row and 16 more
  std::vector<bool> given;                                      // by input: whether it is there

  std::int64_t gate_stride() const { return (sizes.hidden + 15) / 16 * 16; }
  std::int64_t row() const { return (op == OpKind::gru ? 4 : sizes.gates) * gate_stride(); }

  static Result<std::shared_ptr<const RecurrentPlan>> read(const KernelRequest& request);
};

// The fourth gate of gru.
inline constexpr std::int64_t kStateProduct = 3;

}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// Settings of lstm, gru and rnn, and where their operands stand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "op/activation.h"
#include "op/attributes.h"
#include "op/op.h"

namespace rheo {

// Input positions.
inline constexpr std::size_t kInputWeights = 1;
inline constexpr std::size_t kRecurrentWeights = 2;
inline constexpr std::size_t kGateBias = 3;
inline constexpr std::size_t kLengths = 4;
inline constexpr std::size_t kFirstHidden = 5;
inline constexpr std::size_t kFirstCell = 6;  // lstm
inline constexpr std::size_t kPeepholes = 7;  // lstm

// A value type; read from attributes that passed infer_types. One step, with x the input and H, C the last state; every
// sum is kept in [-clip, clip] before its activation:
//   lstm  i = f(Wi x + Ri H + Pi C + Bi)   f = f(Wf x + Rf H + Pf C + Bf), or 1 - i   c = g(Wc x + Rc H + Bc)
//         C = f C + i c   o = f(Wo x + Ro H + Po C + Bo)   H = o h(C)
//   gru   z = f(Wz x + Rz H + Bz)   r = f(Wr x + Rr H + Br)
//         h = g(Wh x + Wbh + Rh (r H) + Rbh), or with linear_before_reset g(Wh x + Wbh + r (Rh H + Rbh))
//         H = (1 - z) h + z H
//   rnn   H = f(W x + R H + B)
struct RecurrentSettings {
  enum class Direction : std::uint8_t { forward, reverse, bidirectional };
  Direction direction = Direction::forward;
  std::vector<OpKind> activations;  // of all directions, one after the other
  double clip = 0;                  // 0: none
  bool input_forget = false;
  bool linear_before_reset = false;

  static RecurrentSettings from(OpKind op, const Attributes& attributes);

  std::size_t directions() const { return direction == Direction::bidirectional ? 2 : 1; }
  // Whether the steps of this direction go from the last to the first.
  bool goes_back(std::size_t index) const { return direction == Direction::reverse || index == 1; }
  // Number `index` of the f, g, h of a direction.
  ActivationSettings activation(std::size_t of_direction, std::size_t index) const {
    return ActivationSettings::alone(activations[of_direction * activations.size() / directions() + index], {});
  }
};

// Gates of one direction: 4, 3 or 1.
std::int64_t gates_of(OpKind op);

// What the operands of a request or a checked context say.
struct RecurrentSizes {
  std::int64_t batch = 0, steps = 0, input = 0, directions = 1, gates = 1, hidden = 0;
  // x [batch, steps, input], r [directions, gates * hidden, hidden].
  static RecurrentSizes of(OpKind op, const Shape& x, const Shape& r);
};

}  // namespace rheo

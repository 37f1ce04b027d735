// SPDX-License-Identifier: Apache-2.0
// What the recurrent ops share: their operands as numbers, and the walk over directions, items and steps.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/kernel.h"
#include "kernels/ref/elements.h"
#include "op/recurrent.h"

namespace rheo::ref {

// Which step of which item, in which direction.
struct RecurrentPlace {
  std::int64_t direction = 0, item = 0, step = 0;
};

// What one step hands to the next, per hidden unit.
struct RecurrentState {
  std::vector<double> hidden, cell;
};

// Operands with their memory; made per run, on the stack.
class RecurrentOperands {
 public:
  RecurrentOperands(const RecurrentSizes& sizes, std::span<const void* const> inputs);

  // sum over k of w[gate, unit, k] * x[k], plus the bias of w.
  double from_input(const RecurrentPlace& place, std::int64_t gate, std::int64_t unit) const;
  // sum over k of r[gate, unit, k] * state[k], plus the bias of r.
  double from_state(const RecurrentPlace& place, std::int64_t gate, std::int64_t unit,
                    const std::vector<double>& state) const;
  double gate(const RecurrentPlace& place, std::int64_t gate, std::int64_t unit,
              const std::vector<double>& state) const {
    return from_input(place, gate, unit) + from_state(place, gate, unit, state);
  }
  // Number `index` of the peepholes i, o, f; 0 where there are none.
  double peephole(const RecurrentPlace& place, std::int64_t index, std::int64_t unit) const;
  // Steps to take for an item, in [0, steps].
  std::int64_t length(std::int64_t item) const;
  RecurrentState first_state(std::int64_t direction, std::int64_t item) const;

 private:
  double number(std::size_t input, std::int64_t index) const;

  const RecurrentSizes sizes_;
  const std::span<const void* const> inputs_;
};

// The activation of a sum that is kept in [-clip, clip] first.
double activate_clipped(const RecurrentSettings& settings, std::int64_t direction, std::size_t index, double sum);

// Calls step(place, state) for every step in its order; `state` becomes that after the step. Writes y, y_h and, where
// there is one, y_c.
template <typename Step>
void for_each_step(const RecurrentSettings& settings, const RecurrentSizes& sizes, const RecurrentOperands& operands,
                   std::span<void* const> outputs, Step&& step) {
  float* y = static_cast<float*>(outputs[0]);
  std::fill(y, y + sizes.batch * sizes.steps * sizes.directions * sizes.hidden, 0.0F);
  const auto store = [&](const std::vector<double>& from, void* to, std::int64_t row) {
    for (std::size_t i = 0; i < from.size(); ++i)
      static_cast<float*>(to)[row * sizes.hidden + static_cast<std::int64_t>(i)] = static_cast<float>(from[i]);
  };
  for (std::int64_t direction = 0; direction < sizes.directions; ++direction) {
    for (std::int64_t item = 0; item < sizes.batch; ++item) {
      RecurrentState state = operands.first_state(direction, item);
      const std::int64_t length = operands.length(item);
      for (std::int64_t i = 0; i < length; ++i) {
        const bool back = settings.goes_back(static_cast<std::size_t>(direction));
        const RecurrentPlace place{direction, item, back ? length - 1 - i : i};
        step(place, state);
        store(state.hidden, y, (item * sizes.steps + place.step) * sizes.directions + direction);
      }
      store(state.hidden, outputs[1], item * sizes.directions + direction);
      if (outputs.size() > 2) store(state.cell, outputs[2], item * sizes.directions + direction);
    }
  }
}

}  // namespace rheo::ref

// SPDX-License-Identifier: Apache-2.0
// gru with the formulas of op/recurrent.h: gates z, r, h, state H.
// Layout: plain. Dtypes: f32, lengths i32. Sums and the state in double. No limits.
// Tested by tests/kernels/ref/gru_test.cpp.
#include "kernels/ref/list.h"
#include "kernels/ref/recurrent.h"
#include "kernels/ref/reference_kernel.h"

namespace rheo::ref {
namespace {

class Gru {
 public:
  explicit Gru(const KernelRequest& request)
      : settings_(RecurrentSettings::from(OpKind::gru, *request.attributes)),
        sizes_(RecurrentSizes::of(OpKind::gru, request.inputs[0].type->shape,
                                  request.inputs[kRecurrentWeights].type->shape)) {}

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    const RecurrentOperands operands(sizes_, inputs);
    const auto hidden = static_cast<std::size_t>(sizes_.hidden);
    Gates gates{std::vector<double>(hidden), std::vector<double>(hidden), std::vector<double>(hidden)};
    for_each_step(settings_, sizes_, operands, outputs, [&](const RecurrentPlace& place, RecurrentState& state) {
      open_gates(operands, place, state.hidden, gates);
      for (std::size_t unit = 0; unit < hidden; ++unit) {
        const double fresh = fresh_state(operands, place, state.hidden, gates, unit);
        gates.next[unit] = (1 - gates.update[unit]) * fresh + gates.update[unit] * state.hidden[unit];
      }
      std::swap(state.hidden, gates.next);
    });
  }

 private:
  struct Gates {
    std::vector<double> update;  // z
    std::vector<double> reset;   // r, or r * H where the reset comes before the product
    std::vector<double> next;
  };

  void open_gates(const RecurrentOperands& operands, const RecurrentPlace& place, const std::vector<double>& state,
                  Gates& gates) const {
    for (std::size_t unit = 0; unit < state.size(); ++unit) {
      const auto sum = [&](std::int64_t gate) {
        return operands.gate(place, gate, static_cast<std::int64_t>(unit), state);
      };
      gates.update[unit] = activate_clipped(settings_, place.direction, 0, sum(0));
      gates.reset[unit] = activate_clipped(settings_, place.direction, 0, sum(1));
      if (!settings_.linear_before_reset) gates.reset[unit] *= state[unit];
    }
  }

  double fresh_state(const RecurrentOperands& operands, const RecurrentPlace& place, const std::vector<double>& state,
                     const Gates& gates, std::size_t unit) const {
    const auto at = static_cast<std::int64_t>(unit);
    const double from_state = settings_.linear_before_reset
                                  ? gates.reset[unit] * operands.from_state(place, 2, at, state)
                                  : operands.from_state(place, 2, at, gates.reset);
    return activate_clipped(settings_, place.direction, 1, operands.from_input(place, 2, at) + from_state);
  }

  const RecurrentSettings settings_;
  const RecurrentSizes sizes_;
};

}  // namespace

MadeKernel make_gru(const KernelRequest& request) { return make_plain<Gru>(request); }

}  // namespace rheo::ref

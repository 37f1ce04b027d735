// SPDX-License-Identifier: Apache-2.0
// lstm with the formulas of op/recurrent.h: gates i, o, f, c, states H and C.
// Layout: plain. Dtypes: f32, lengths i32. Sums and states in double. No limits.
// Tested by tests/kernels/ref/lstm_test.cpp.
#include "kernels/ref/activation_function.h"
#include "kernels/ref/list.h"
#include "kernels/ref/recurrent.h"
#include "kernels/ref/reference_kernel.h"

namespace rheo::ref {
namespace {

class Lstm {
 public:
  explicit Lstm(const KernelRequest& request)
      : settings_(RecurrentSettings::from(OpKind::lstm, *request.attributes)),
        sizes_(RecurrentSizes::of(OpKind::lstm, request.inputs[0].type->shape,
                                  request.inputs[kRecurrentWeights].type->shape)) {}

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    const RecurrentOperands operands(sizes_, inputs);
    RecurrentState next{std::vector<double>(static_cast<std::size_t>(sizes_.hidden)),
                        std::vector<double>(static_cast<std::size_t>(sizes_.hidden))};
    for_each_step(settings_, sizes_, operands, outputs, [&](const RecurrentPlace& place, RecurrentState& state) {
      for (std::int64_t unit = 0; unit < sizes_.hidden; ++unit) advance(operands, place, state, next, unit);
      std::swap(state, next);
    });
  }

 private:
  void advance(const RecurrentOperands& operands, const RecurrentPlace& place, const RecurrentState& last,
               RecurrentState& next, std::int64_t unit) const {
    const auto sum = [&](std::int64_t gate) { return operands.gate(place, gate, unit, last.hidden); };
    const auto f = [&](double value) { return activate_clipped(settings_, place.direction, 0, value); };
    const auto at = static_cast<std::size_t>(unit);
    const double old = last.cell[at];
    const double input = f(sum(0) + operands.peephole(place, 0, unit) * old);
    const double forget = settings_.input_forget ? 1 - input : f(sum(2) + operands.peephole(place, 2, unit) * old);
    const double fresh = activate_clipped(settings_, place.direction, 1, sum(3));
    next.cell[at] = forget * old + input * fresh;
    const double output = f(sum(1) + operands.peephole(place, 1, unit) * next.cell[at]);
    const auto direction = static_cast<std::size_t>(place.direction);
    next.hidden[at] = output * activate(settings_.activation(direction, 2), next.cell[at]);
  }

  const RecurrentSettings settings_;
  const RecurrentSizes sizes_;
};

}  // namespace

MadeKernel make_lstm(const KernelRequest& request) { return make_plain<Lstm>(request); }

}  // namespace rheo::ref

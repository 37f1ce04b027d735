// SPDX-License-Identifier: Apache-2.0
// rnn with the formula of op/recurrent.h: H = f(W x + R H + B).
// Layout: plain. Dtypes: f32, lengths i32. Sums and the state in double. No limits.
// Tested by tests/kernels/ref/rnn_test.cpp.
#include "kernels/ref/list.h"
#include "kernels/ref/recurrent.h"
#include "kernels/ref/reference_kernel.h"

namespace rheo::ref {
namespace {

class Rnn {
 public:
  explicit Rnn(const KernelRequest& request)
      : settings_(RecurrentSettings::from(OpKind::rnn, *request.attributes)),
        sizes_(RecurrentSizes::of(OpKind::rnn, request.inputs[0].type->shape,
                                  request.inputs[kRecurrentWeights].type->shape)) {}

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    const RecurrentOperands operands(sizes_, inputs);
    std::vector<double> next(static_cast<std::size_t>(sizes_.hidden));
    for_each_step(settings_, sizes_, operands, outputs, [&](const RecurrentPlace& place, RecurrentState& state) {
      for (std::size_t unit = 0; unit < next.size(); ++unit) {
        const double sum = operands.gate(place, 0, static_cast<std::int64_t>(unit), state.hidden);
        next[unit] = activate_clipped(settings_, place.direction, 0, sum);
      }
      std::swap(state.hidden, next);
    });
  }

 private:
  const RecurrentSettings settings_;
  const RecurrentSizes sizes_;
};

}  // namespace

MadeKernel make_rnn(const KernelRequest& request) { return make_plain<Rnn>(request); }

}  // namespace rheo::ref

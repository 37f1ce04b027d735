// SPDX-License-Identifier: Apache-2.0
// Tested by tests/golden/torch_import_test.cpp.
#include "plugins/torch/lowerings.h"

namespace rheo::torch_import {
namespace {

void lower_over_axis(Call& call, const char* op) {
  constexpr std::int64_t kFloat = static_cast<std::int64_t>(at::kFloat);
  if (!call.is_none(2) && call.integer(2) != kFloat) call.refuse("that changes the element type");
  const auto axis = static_cast<std::int64_t>(call.axis(1, call.type(0).rank));
  call.answer(call.emit(op, {call.value(0)}, Settings().integer("axis", axis)));
}

}  // namespace

// x, weight?, bias?, mean, variance, training, momentum, epsilon, ...
void lower_batch_norm(Call& call) {
  if (call.truth(5) || call.is_none(3) || call.is_none(4)) call.refuse("that normalises by the batch at hand");
  const at::Tensor mean = call.tensor(3);
  const ValueId scale = call.is_none(1) ? call.constant(at::ones_like(mean)) : call.value(1);
  const ValueId shift = call.is_none(2) ? call.constant(at::zeros_like(mean)) : call.value(2);
  const std::string layer = call.layer_name(call.is_none(1) ? 3 : 1);
  call.answer(call.emit("batch_norm", {call.value(0), scale, shift, call.value(3), call.value(4)},
                        Settings().real("epsilon", call.real(7)), layer));
}

// x, shape, weight?, bias?, epsilon, ...
void lower_layer_norm(Call& call) {
  const auto axes = static_cast<std::int64_t>(call.integers(1).size());
  std::vector<ValueId> inputs = {call.value(0), call.value_or_none(2), call.value_or_none(3)};
  while (inputs.back() == RHEO_NO_VALUE) inputs.pop_back();
  call.answer(call.emit("layer_norm", inputs, Settings().real("epsilon", call.real(4)).integer("axes", axes),
                        call.layer_name(2)));
}

void lower_softmax(Call& call) { lower_over_axis(call, "softmax"); }
void lower_log_softmax(Call& call) { lower_over_axis(call, "log_softmax"); }

}  // namespace rheo::torch_import

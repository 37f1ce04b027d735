// SPDX-License-Identifier: Apache-2.0
// All the ways to write x * W^T + b. Weights become [out, in], whichever way round the model keeps them.
// Tested by tests/golden/torch_import_test.cpp.
#include "plugins/torch/lowerings.h"

namespace rheo::torch_import {
namespace {

// x [..., in] by a constant matrix [in, out].
ValueId multiply_by_constant(Call& call, std::size_t x, std::size_t matrix, std::vector<ValueId> rest = {}) {
  const std::string layer = call.layer_name(matrix);
  const ValueId weight = call.constant(call.tensor(matrix).t(), layer.empty() ? layer : layer + ".weight");
  std::vector<ValueId> inputs = {call.value(x), weight};
  inputs.insert(inputs.end(), rest.begin(), rest.end());
  return call.emit("linear", inputs, {}, layer);
}

bool is_constant_matrix(const Call& call, std::size_t index) {
  return call.is_tensor(index) && !call.is_value(index) && call.tensor(index).dim() == 2;
}

}  // namespace

// x, weight [out, in], bias?
void lower_linear(Call& call) {
  if (call.is_value(1)) call.refuse("whose weights are computed from the input");
  std::vector<ValueId> inputs = {call.value(0), call.value(1)};
  if (!call.is_none(2)) inputs.push_back(call.value(2));
  call.answer(call.emit("linear", inputs, {}, call.layer_name(1)));
}

// bias, x, matrix [in, out], beta, alpha
void lower_addmm(Call& call) {
  if (call.real(3) != 1 || call.real(4) != 1) call.refuse("with beta or alpha other than 1");
  if (is_constant_matrix(call, 2) && !call.is_value(0) && call.tensor(0).dim() == 1) {
    call.answer(multiply_by_constant(call, 1, 2, {call.value(0)}));
    return;
  }
  const ValueId product = is_constant_matrix(call, 2) ? multiply_by_constant(call, 1, 2)
                                                      : call.emit("matmul", {call.value(1), call.value(2)});
  call.answer(call.emit("add", {product, call.value(0)}));
}

void lower_matmul(Call& call) {
  if (call.is_value(0) && is_constant_matrix(call, 1)) {
    call.answer(multiply_by_constant(call, 0, 1));
    return;
  }
  call.answer(call.emit("matmul", {call.value(0), call.value(1)}));
}

}  // namespace rheo::torch_import

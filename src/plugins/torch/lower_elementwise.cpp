// SPDX-License-Identifier: Apache-2.0
// Activations and arithmetic. A number, or a constant of one element, takes part as a constant of shape [1].
// Tested by tests/golden/torch_import_test.cpp.
#include <optional>

#include "plugins/torch/lowerings.h"

namespace rheo::torch_import {
namespace {

void lower_unary(Call& call, const char* op) { call.answer(call.emit(op, {call.value(0)})); }

ValueId number(Call& call, double value) { return call.constant(at::full({1}, value, at::kFloat)); }

// Numbers and tensors of whole numbers become floats: what LibTorch's type promotion does beside a float.
ValueId operand(Call& call, std::size_t index) {
  if (call.is_value(index)) return call.value(index);
  if (!call.is_tensor(index)) return number(call, call.real(index));
  const at::Tensor tensor = call.tensor(index);
  if (tensor.dim() == 0) return number(call, tensor.item<double>());
  return at::isFloatingType(tensor.scalar_type()) ? call.value(index) : call.constant(tensor.to(at::kFloat));
}

// Division is of floats, whatever is divided.
ValueId real_operand(Call& call, std::size_t index) {
  const ValueId value = operand(call, index);
  if (!call.is_value(index) || call.type(index).dtype == RHEO_F32) return value;
  return call.emit("cast", {value}, Settings().text("dtype", "f32"));
}

// `index` times the factor that stands in argument 2 of add and sub.
ValueId scaled_operand(Call& call, std::size_t index) {
  const ValueId value = operand(call, index);
  if (call.is_none(2) || call.real(2) == 1) return value;
  return call.emit("mul", {value, number(call, call.real(2))});
}

// A missing bound is left out: what is clamped at 0 alone is a relu.
void clamp(Call& call, std::optional<double> low, std::optional<double> high) {
  if (low == 0 && !high) return lower_unary(call, "relu");
  if (low == 0 && high == 6) return lower_unary(call, "relu6");
  Settings bounds;
  if (low) bounds.real("min", *low);
  if (high) bounds.real("max", *high);
  call.answer(call.emit("clamp", {call.value(0)}, bounds));
}

std::optional<double> bound(Call& call, std::size_t index) {
  if (call.is_none(index)) return std::nullopt;
  return call.real(index);
}

}  // namespace

void lower_relu(Call& call) { lower_unary(call, "relu"); }
void lower_relu6(Call& call) { lower_unary(call, "relu6"); }
void lower_hardswish(Call& call) { lower_unary(call, "hardswish"); }
void lower_hardsigmoid(Call& call) { lower_unary(call, "hardsigmoid"); }
void lower_silu(Call& call) { lower_unary(call, "silu"); }
void lower_sigmoid(Call& call) { lower_unary(call, "sigmoid"); }
void lower_tanh(Call& call) { lower_unary(call, "tanh"); }

// x, approximate
void lower_gelu(Call& call) {
  if (call.is_text(1) && call.text(1) != "none") call.refuse("with the approximation \"" + call.text(1) + "\"");
  lower_unary(call, "gelu");
}

void lower_clamp(Call& call) { clamp(call, bound(call, 1), bound(call, 2)); }
void lower_clamp_min(Call& call) { clamp(call, call.real(1), std::nullopt); }
void lower_clamp_max(Call& call) { clamp(call, std::nullopt, call.real(1)); }

void lower_add(Call& call) { call.answer(call.emit("add", {operand(call, 0), scaled_operand(call, 1)})); }
void lower_sub(Call& call) { call.answer(call.emit("sub", {operand(call, 0), scaled_operand(call, 1)})); }

// y - x * alpha
void lower_rsub(Call& call) { call.answer(call.emit("sub", {operand(call, 1), scaled_operand(call, 0)})); }

void lower_mul(Call& call) { call.answer(call.emit("mul", {operand(call, 0), operand(call, 1)})); }

void lower_div(Call& call) {
  if (!call.is_none(2)) call.refuse("that rounds");
  call.answer(call.emit("div", {real_operand(call, 0), real_operand(call, 1)}));
}

void lower_neg(Call& call) { call.answer(call.emit("mul", {call.value(0), number(call, -1)})); }

}  // namespace rheo::torch_import

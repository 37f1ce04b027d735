// SPDX-License-Identifier: Apache-2.0
// Functions of two elements, and choices between them.
#include <cmath>

#include "base/try.h"
#include "load/aten/lowerings.h"
#include "load/aten/promotion.h"
#include "load/import_product.h"

namespace rheo::aten {
namespace {

Status binary(Call& call, OpKind kind, const Attributes& attributes = {}, Numbers numbers = Numbers::any) {
  RHEO_ASSIGN_OR_RETURN(std::vector<ImportValue> operands, promoted(call, {"self", "other"}, numbers));
  return call.answer_with(kind, {&operands[0], &operands[1]}, attributes);
}

// The quotient of whole numbers or floats, rounded down.
Result<ImportValue> floored(Call& call, ImportValue& a, ImportValue& b) {
  if (call.dtype_of(a) == DType::f32) {
    RHEO_ASSIGN_OR_RETURN(ImportValue quotient, call.emit(OpKind::div, {&a, &b}));
    return call.emit(OpKind::floor, {&quotient});
  }
  RHEO_ASSIGN_OR_RETURN(ImportValue rest, call.emit(OpKind::mod, {&a, &b}, Attributes{{"fmod", 0}}));
  RHEO_ASSIGN_OR_RETURN(ImportValue whole, call.emit(OpKind::sub, {&a, &rest}));
  return call.emit(OpKind::div, {&whole, &b});
}

}  // namespace

// other and alpha: self + alpha * other. rsub swaps the two.
Status lower_add(Call& call) {
  RHEO_ASSIGN_OR_RETURN(std::vector<ImportValue> operands, promoted(call, {"self", "other"}));
  RHEO_ASSIGN_OR_RETURN(const double alpha, call.real("alpha"));
  const bool is_reversed = call.op() == "rsub";
  ImportValue& first = operands[is_reversed ? 1 : 0];
  RHEO_ASSIGN_OR_RETURN(ImportValue second, scaled(call, operands[is_reversed ? 0 : 1], alpha));
  return call.answer_with(call.op() == "add" ? OpKind::add : OpKind::sub, {&first, &second});
}

Status lower_binary(Call& call, OpKind kind) { return binary(call, kind); }

Status lower_div(Call& call) {
  if (!call.has("rounding_mode")) return binary(call, OpKind::div, {}, Numbers::real);
  RHEO_ASSIGN_OR_RETURN(const std::string_view mode, call.text("rounding_mode"));
  RHEO_ASSIGN_OR_RETURN(std::vector<ImportValue> operands, promoted(call, {"self", "other"}));
  if (mode == "floor") return call.answer_result(floored(call, operands[0], operands[1]));
  if (mode != "trunc") return call.refuse("rounds in an unknown way");
  if (call.dtype_of(operands[0]) != DType::f32) return call.answer_with(OpKind::div, {&operands[0], &operands[1]});
  RHEO_ASSIGN_OR_RETURN(ImportValue quotient, call.emit(OpKind::div, {&operands[0], &operands[1]}));
  return call.answer_result(toward_zero(call, quotient));
}

Status lower_floor_divide(Call& call) {
  RHEO_ASSIGN_OR_RETURN(std::vector<ImportValue> operands, promoted(call, {"self", "other"}));
  return call.answer_result(floored(call, operands[0], operands[1]));
}

Status lower_remainder(Call& call) { return binary(call, OpKind::mod, {{"fmod", call.op() == "fmod" ? 1 : 0}}); }

// A square is a product, which costs less.
Status lower_pow(Call& call) {
  RHEO_ASSIGN_OR_RETURN(std::vector<ImportValue> operands, promoted(call, {"self", "exponent"}));
  if (!call.is_tensor("exponent")) {
    RHEO_ASSIGN_OR_RETURN(const double exponent, call.real("exponent"));
    if (exponent == 2) return call.answer_with(OpKind::mul, {&operands[0], &operands[0]});
    if (exponent == 0.5) return call.answer_with(OpKind::sqrt, {&operands[0]});
  }
  return call.answer_with(OpKind::pow, {&operands[0], &operands[1]});
}

Status lower_not_equal(Call& call) {
  RHEO_ASSIGN_OR_RETURN(std::vector<ImportValue> operands, promoted(call, {"self", "other"}));
  RHEO_ASSIGN_OR_RETURN(ImportValue equal, call.emit(OpKind::equal, {&operands[0], &operands[1]}));
  return call.answer_with(OpKind::logical_not, {&equal});
}

Status lower_logical(Call& call, OpKind kind) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * a, call.value("self"));
  RHEO_ASSIGN_OR_RETURN(ImportValue * b, call.value("other"));
  const bool are_bools = call.dtype_of(*a) == DType::boolean && call.dtype_of(*b) == DType::boolean;
  if (!call.op().starts_with("logical") && !are_bools) return call.refuse("joins bits of numbers");
  RHEO_ASSIGN_OR_RETURN(ImportValue first, call.cast(*a, DType::boolean));
  RHEO_ASSIGN_OR_RETURN(ImportValue second, call.cast(*b, DType::boolean));
  return call.answer_with(kind, {&first, &second});
}

// self + value * tensor1 * tensor2, or / tensor2.
Status lower_addcmul(Call& call) {
  const Numbers numbers = call.op() == "addcdiv" ? Numbers::real : Numbers::any;
  RHEO_ASSIGN_OR_RETURN(std::vector<ImportValue> operands, promoted(call, {"self", "tensor1", "tensor2"}, numbers));
  RHEO_ASSIGN_OR_RETURN(const double value, call.real("value"));
  RHEO_ASSIGN_OR_RETURN(ImportValue part,
                        call.emit(call.op() == "addcdiv" ? OpKind::div : OpKind::mul, {&operands[1], &operands[2]}));
  RHEO_ASSIGN_OR_RETURN(part, scaled(call, std::move(part), value));
  return call.answer_with(OpKind::add, {&operands[0], &part});
}

// self + weight * (end - self)
Status lower_lerp(Call& call) {
  RHEO_ASSIGN_OR_RETURN(std::vector<ImportValue> operands, promoted(call, {"self", "end", "weight"}, Numbers::real));
  RHEO_ASSIGN_OR_RETURN(ImportValue way, call.emit(OpKind::sub, {&operands[1], &operands[0]}));
  RHEO_ASSIGN_OR_RETURN(way, call.emit(OpKind::mul, {&way, &operands[2]}));
  return call.answer_with(OpKind::add, {&operands[0], &way});
}

Status lower_where(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * condition, call.value("condition"));
  RHEO_ASSIGN_OR_RETURN(ImportValue chooses, call.cast(*condition, DType::boolean));
  RHEO_ASSIGN_OR_RETURN(std::vector<ImportValue> operands, promoted(call, {"self", "other"}));
  return call.answer_with(OpKind::where, {&chooses, &operands[0], &operands[1]});
}

// A number where the mask holds.
Status lower_masked_fill(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  RHEO_ASSIGN_OR_RETURN(ImportValue * mask, call.value("mask"));
  RHEO_ASSIGN_OR_RETURN(ImportValue * value, call.value("value"));
  RHEO_ASSIGN_OR_RETURN(ImportValue chooses, call.cast(*mask, DType::boolean));
  RHEO_ASSIGN_OR_RETURN(ImportValue filling, call.cast(*value, call.dtype_of(*x)));
  return call.answer_with(OpKind::where, {&chooses, &filling, x});
}

Status lower_isfinite(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * given, call.value("self"));
  RHEO_ASSIGN_OR_RETURN(ImportValue x, as_real(call, *given));
  RHEO_ASSIGN_OR_RETURN(ImportValue is_inf, call.emit(OpKind::is_inf, {&x}));
  RHEO_ASSIGN_OR_RETURN(ImportValue is_nan, call.emit(OpKind::is_nan, {&x}));
  RHEO_ASSIGN_OR_RETURN(ImportValue either, call.emit(OpKind::logical_or, {&is_inf, &is_nan}));
  return call.answer_with(OpKind::logical_not, {&either});
}

// Arithmetic on the sizes of a program: operands "a" and "b", whole numbers or truth values, always known.
Status lower_size_arithmetic(Call& call, OpKind kind) {
  RHEO_ASSIGN_OR_RETURN(std::vector<ImportValue> operands, promoted(call, {"a", "b"}));
  if (call.op() == "floordiv") return call.answer_result(floored(call, operands[0], operands[1]));
  RHEO_ASSIGN_OR_RETURN(ImportValue result, call.emit(kind, {&operands[0], &operands[1]}));
  if (call.op() != "ne") return call.answer_result(std::move(result));
  return call.answer_with(OpKind::logical_not, {&result});
}

}  // namespace rheo::aten

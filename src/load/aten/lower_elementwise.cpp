// SPDX-License-Identifier: Apache-2.0
// Functions of one element: activations and mathematics.
#include <cmath>
#include <numbers>

#include "base/try.h"
#include "load/aten/lowerings.h"
#include "load/aten/promotion.h"
#include "load/import_product.h"

namespace rheo::aten {
namespace {

Result<ImportValue> real_self(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  return as_real(call, *x);
}

Result<ImportValue> with_number(Call& call, OpKind kind, ImportValue& x, double number) {
  RHEO_ASSIGN_OR_RETURN(ImportValue constant, Call::scalar(DType::f32, number));
  return call.emit(kind, {&x, &constant});
}

Status unary_with(Call& call, OpKind kind, const Attributes& attributes) {
  RHEO_ASSIGN_OR_RETURN(ImportValue x, real_self(call));
  return call.answer_with(kind, {&x}, attributes);
}

}  // namespace

Status lower_real_unary(Call& call, OpKind kind) { return unary_with(call, kind, {}); }

// Of floats and whole numbers alike.
Status lower_any_unary(Call& call, OpKind kind) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  return call.answer_with(kind, {x});
}

// Whole numbers stay what they are.
Status lower_rounding(Call& call, OpKind kind) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  if (call.dtype_of(*x) != DType::f32) return call.answer_result(*x);
  return call.answer_with(kind, {x});
}

Result<ImportValue> toward_zero(Call& call, ImportValue& x) {
  RHEO_ASSIGN_OR_RETURN(ImportValue size, call.emit(OpKind::abs, {&x}));
  RHEO_ASSIGN_OR_RETURN(size, call.emit(OpKind::floor, {&size}));
  RHEO_ASSIGN_OR_RETURN(ImportValue sign, call.emit(OpKind::sign, {&x}));
  return call.emit(OpKind::mul, {&size, &sign});
}

Status lower_trunc(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  if (call.dtype_of(*x) != DType::f32) return call.answer_result(*x);
  RHEO_ASSIGN_OR_RETURN(ImportValue whole, toward_zero(call, *x));
  if (call.op() == "trunc") return call.answer_result(std::move(whole));
  return call.answer_with(OpKind::sub, {x, &whole});  // frac
}

Status lower_logical_not(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  if (call.op() == "bitwise_not" && call.dtype_of(*x) != DType::boolean) return call.refuse("turns bits of numbers");
  RHEO_ASSIGN_OR_RETURN(ImportValue truth, call.cast(*x, DType::boolean));
  return call.answer_with(OpKind::logical_not, {&truth});
}

// A missing bound is left out: what is clamped at 0 alone is a relu.
Status lower_clamp(Call& call) {
  const bool is_hardtanh = call.op() == "hardtanh";
  const bool has_low = call.op() != "clamp_max";
  const bool has_high = call.op() != "clamp_min";
  const std::string_view low = is_hardtanh ? "min_val" : "min";
  const std::string_view high = is_hardtanh ? "max_val" : "max";
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  Attributes bounds;
  if (has_low && call.has(low)) {
    RHEO_ASSIGN_OR_RETURN(const double number, call.real(low));
    bounds.set("min", number);
  }
  if (has_high && call.has(high)) {
    RHEO_ASSIGN_OR_RETURN(const double number, call.real(high));
    bounds.set("max", number);
  }
  const bool is_at_zero = bounds.find("min") != nullptr && bounds.real("min") == 0;
  if (is_at_zero && bounds.find("max") == nullptr) return call.answer_with(OpKind::relu, {x});
  if (is_at_zero && bounds.real("max") == 6) return call.answer_with(OpKind::relu6, {x});
  return call.answer_with(OpKind::clamp, {x}, bounds);
}

// Bounds that differ from element to element.
Status lower_clamp_tensor(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * given, call.value("self"));
  ImportValue x = *given;
  for (const std::string_view bound : {"min", "max"}) {
    if (!call.has(bound)) continue;
    RHEO_ASSIGN_OR_RETURN(ImportValue * limit, call.value(bound));
    RHEO_ASSIGN_OR_RETURN(ImportValue cast, call.cast(*limit, call.dtype_of(x)));
    RHEO_ASSIGN_OR_RETURN(x, call.emit(bound == "min" ? OpKind::max : OpKind::min, {&x, &cast}));
  }
  return call.answer_result(std::move(x));
}

Status lower_gelu(Call& call) {
  RHEO_ASSIGN_OR_RETURN(const std::string_view approximate, call.text("approximate"));
  return unary_with(call, OpKind::gelu,
                    {{"approximate", approximate == "none" ? std::string() : std::string(approximate)}});
}

Status lower_leaky_relu(Call& call) {
  double slope = 0;
  if (call.op() == "rrelu") {  // random in training; the middle otherwise
    RHEO_ASSIGN_OR_RETURN(const bool trains, call.truth("training"));
    RHEO_ASSIGN_OR_RETURN(const double low, call.real("lower"));
    RHEO_ASSIGN_OR_RETURN(const double high, call.real("upper"));
    if (trains) return call.refuse("draws slopes as in training; export the model after eval()");
    slope = (low + high) / 2;
  } else {
    RHEO_ASSIGN_OR_RETURN(slope, call.real("negative_slope"));
  }
  return unary_with(call, OpKind::leaky_relu, {{"alpha", slope}});
}

Status lower_elu(Call& call) {
  RHEO_ASSIGN_OR_RETURN(const double alpha, call.real("alpha"));
  if (call.op() == "celu") return unary_with(call, OpKind::celu, {{"alpha", alpha}});
  RHEO_ASSIGN_OR_RETURN(const double scale, call.real("scale"));
  RHEO_ASSIGN_OR_RETURN(const double input_scale, call.real("input_scale"));
  if (scale != 1 || input_scale != 1) return call.refuse("scales what it computes");
  return unary_with(call, OpKind::elu, {{"alpha", alpha}});
}

// One slope, or one per channel, which is dimension 1.
Status lower_prelu(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  RHEO_ASSIGN_OR_RETURN(ImportValue * slope, call.value("weight"));
  Shape shape = call.shape_of(*slope);
  for (std::size_t axis = 2; axis < call.shape_of(*x).rank(); ++axis) shape.push_back(1);
  RHEO_ASSIGN_OR_RETURN(ImportValue slopes, call.reshape(*slope, shape));
  return call.answer_with(OpKind::prelu, {x, &slopes});
}

// log(1 + exp(beta x)) / beta; beyond the threshold PyTorch takes x itself, which is the same to 2e-9.
Status lower_softplus(Call& call) {
  RHEO_ASSIGN_OR_RETURN(const double beta, call.real("beta"));
  RHEO_ASSIGN_OR_RETURN(const double threshold, call.real("threshold"));
  if (beta == 0 || threshold < 15) return call.refuse("bends the curve with its threshold");
  RHEO_ASSIGN_OR_RETURN(ImportValue x, real_self(call));
  RHEO_ASSIGN_OR_RETURN(x, scaled(call, std::move(x), beta));
  RHEO_ASSIGN_OR_RETURN(x, call.emit(OpKind::softplus, {&x}));
  return call.answer_result(scaled(call, std::move(x), 1 / beta));
}

Status lower_log_sigmoid(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue x, real_self(call));
  RHEO_ASSIGN_OR_RETURN(x, call.emit(OpKind::neg, {&x}));
  RHEO_ASSIGN_OR_RETURN(x, call.emit(OpKind::softplus, {&x}));
  return call.answer_with(OpKind::neg, {&x});
}

// One half times the sigmoid of the other.
Status lower_glu(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  const Shape shape = call.shape_of(*x);
  RHEO_ASSIGN_OR_RETURN(const std::size_t axis, call.axis_of("dim", shape.rank()));
  if (shape[axis] == kDynamic || shape[axis] % 2 != 0) return call.refuse("halves a dimension that has no half");
  const std::int64_t half = shape[axis] / 2;
  const auto at = static_cast<std::int64_t>(axis);
  RHEO_ASSIGN_OR_RETURN(ImportValue a, call.emit(OpKind::slice, {x}, {{"axis", at}, {"start", 0}, {"end", half}}));
  RHEO_ASSIGN_OR_RETURN(ImportValue b,
                        call.emit(OpKind::slice, {x}, {{"axis", at}, {"start", half}, {"end", shape[axis]}}));
  RHEO_ASSIGN_OR_RETURN(b, call.emit(OpKind::sigmoid, {&b}));
  return call.answer_with(OpKind::mul, {&a, &b});
}

// x where it is above the threshold, else a number.
Status lower_threshold(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue x, real_self(call));
  RHEO_ASSIGN_OR_RETURN(const double threshold, call.real("threshold"));
  RHEO_ASSIGN_OR_RETURN(const double value, call.real("value"));
  RHEO_ASSIGN_OR_RETURN(ImportValue above, with_number(call, OpKind::greater, x, threshold));
  RHEO_ASSIGN_OR_RETURN(ImportValue other, Call::scalar(DType::f32, value));
  return call.answer_with(OpKind::where, {&above, &x, &other});
}

// hardshrink keeps what lies outside of [-lambd, lambd]; softshrink also brings it nearer by lambd.
Status lower_shrink(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue x, real_self(call));
  RHEO_ASSIGN_OR_RETURN(const double lambd, call.real("lambd"));
  RHEO_ASSIGN_OR_RETURN(ImportValue inner, call.emit(OpKind::clamp, {&x}, Attributes{{"min", -lambd}, {"max", lambd}}));
  if (call.op() == "softshrink") return call.answer_with(OpKind::sub, {&x, &inner});
  RHEO_ASSIGN_OR_RETURN(ImportValue is_inside, call.emit(OpKind::equal, {&x, &inner}));
  RHEO_ASSIGN_OR_RETURN(ImportValue zero, Call::scalar(DType::f32, 0));
  return call.answer_with(OpKind::where, {&is_inside, &zero, &x});
}

// exp2, log2, log10, log1p, expm1: by way of exp and log.
Status lower_exponential(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue x, real_self(call));
  if (call.op() == "exp2") {
    RHEO_ASSIGN_OR_RETURN(x, scaled(call, std::move(x), std::numbers::ln2));
    return call.answer_with(OpKind::exp, {&x});
  }
  if (call.op() == "expm1") {
    RHEO_ASSIGN_OR_RETURN(x, call.emit(OpKind::exp, {&x}));
    return call.answer_result(with_number(call, OpKind::sub, x, 1));
  }
  if (call.op() == "log1p") {
    RHEO_ASSIGN_OR_RETURN(x, with_number(call, OpKind::add, x, 1));
    return call.answer_with(OpKind::log, {&x});
  }
  RHEO_ASSIGN_OR_RETURN(x, call.emit(OpKind::log, {&x}));
  return call.answer_result(
      scaled(call, std::move(x), call.op() == "log2" ? std::numbers::log2e : std::numbers::log10e));
}

Status lower_rsqrt(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue x, real_self(call));
  RHEO_ASSIGN_OR_RETURN(x, call.emit(OpKind::sqrt, {&x}));
  return call.answer_with(OpKind::reciprocal, {&x});
}

Status lower_square(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value("self"));
  return call.answer_with(OpKind::mul, {x, x});
}

Status lower_erfc(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue x, real_self(call));
  RHEO_ASSIGN_OR_RETURN(x, call.emit(OpKind::erf, {&x}));
  RHEO_ASSIGN_OR_RETURN(x, call.emit(OpKind::neg, {&x}));
  return call.answer_result(with_number(call, OpKind::add, x, 1));
}

}  // namespace rheo::aten

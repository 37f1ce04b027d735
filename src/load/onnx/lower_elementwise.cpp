// SPDX-License-Identifier: Apache-2.0
// Operators that compute each element by itself.
#include <algorithm>
#include <array>
#include <initializer_list>
#include <limits>
#include <utility>

#include "base/try.h"
#include "load/onnx/lowerings.h"
#include "load/onnx/small_integers.h"

namespace rheo::onnx {
namespace {

using Pair = std::pair<std::string_view, OpKind>;

constexpr Pair kUnary[] = {
    {"Abs", OpKind::abs},           {"Acos", OpKind::acos},
    {"Acosh", OpKind::acosh},       {"Asin", OpKind::asin},
    {"Asinh", OpKind::asinh},       {"Atan", OpKind::atan},
    {"Atanh", OpKind::atanh},       {"Ceil", OpKind::ceil},
    {"Cos", OpKind::cos},           {"Cosh", OpKind::cosh},
    {"Erf", OpKind::erf},           {"Exp", OpKind::exp},
    {"Floor", OpKind::floor},       {"HardSwish", OpKind::hardswish},
    {"IsNaN", OpKind::is_nan},      {"Log", OpKind::log},
    {"Mish", OpKind::mish},         {"Neg", OpKind::neg},
    {"Not", OpKind::logical_not},   {"Reciprocal", OpKind::reciprocal},
    {"Relu", OpKind::relu},         {"Round", OpKind::round},
    {"Sigmoid", OpKind::sigmoid},   {"Sign", OpKind::sign},
    {"Sin", OpKind::sin},           {"Sinh", OpKind::sinh},
    {"Softplus", OpKind::softplus}, {"Softsign", OpKind::softsign},
    {"Sqrt", OpKind::sqrt},         {"Tan", OpKind::tan},
    {"Tanh", OpKind::tanh},
};

constexpr Pair kBinary[] = {
    {"Add", OpKind::add},         {"And", OpKind::logical_and},
    {"Div", OpKind::div},         {"Equal", OpKind::equal},
    {"Greater", OpKind::greater}, {"GreaterOrEqual", OpKind::greater_equal},
    {"Less", OpKind::less},       {"LessOrEqual", OpKind::less_equal},
    {"Mul", OpKind::mul},         {"Or", OpKind::logical_or},
    {"PRelu", OpKind::prelu},     {"Sub", OpKind::sub},
    {"Xor", OpKind::logical_xor},
};

constexpr Pair kVariadic[] = {{"Max", OpKind::max}, {"Mean", OpKind::add}, {"Min", OpKind::min}, {"Sum", OpKind::add}};

OpKind kind_in(std::span<const Pair> list, std::string_view op) {
  return std::find_if(list.begin(), list.end(), [&](const Pair& pair) { return pair.first == op; })->second;
}

// Before operator set 7 the second input says with an axis where it lies in the first; PRelu's slopes lie at axis 1.
Result<ImportValue> aligned_by_axis(Call& call) {
  if (call.opset() >= 7) return call.input(1);
  const std::size_t rank = call.rank(0);
  const auto suffix = static_cast<std::int64_t>(rank) - static_cast<std::int64_t>(call.rank(1));
  const bool is_slope = call.node().op == "PRelu" && call.rank(1) == 1 && rank > 2;
  const bool broadcasts = call.integer("broadcast", 0) != 0;
  const std::int64_t given = is_slope ? 1 : call.integer("axis", suffix);
  if ((!broadcasts && !is_slope) || suffix < 0) return call.input(1);
  RHEO_ASSIGN_OR_RETURN(const std::size_t axis, call.axis(given, rank + 1));
  Shape shape = call.shape(1);
  while (axis + shape.rank() < rank) shape.push_back(1);
  return call.reshape(call.input(1), shape);
}

// For lowerings that end with one op, which may be one of 8-bit integers.
Status answer_widened(Call& call, OpKind kind, std::initializer_list<ImportValue*> inputs,
                      const Attributes& attributes = {}) {
  RHEO_ASSIGN_OR_RETURN(ImportValue y, emit_widened(call, kind, inputs, attributes));
  call.answer(std::move(y));
  return {};
}

bool is_real(DType dtype) { return dtype == DType::f32; }

}  // namespace

Status lower_unary(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(1));
  const OpKind kind = kind_in(kUnary, call.node().op);
  if (kind == OpKind::relu && !is_real(call.dtype(0))) {
    return answer_widened(call, OpKind::clamp, {&call.input(0)}, {{"min", 0.0}});
  }
  return answer_widened(call, kind, {&call.input(0)});
}

Status lower_binary(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(2));
  RHEO_ASSIGN_OR_RETURN(ImportValue b, aligned_by_axis(call));
  return answer_widened(call, kind_in(kBinary, call.node().op), {&call.input(0), &b});
}

// The answer has the type of the base, whatever that of the exponent is.
Status lower_pow(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(2));
  RHEO_ASSIGN_OR_RETURN(ImportValue exponent, aligned_by_axis(call));
  ImportValue base = call.input(0);
  const DType answer = call.dtype(0);
  if (!is_real(answer) && is_real(call.dtype(1))) {
    RHEO_ASSIGN_OR_RETURN(base, call.cast(base, DType::f32));
  } else if (!is_real(answer)) {
    RHEO_ASSIGN_OR_RETURN(exponent, call.cast(exponent, answer));
  } else if (call.dtype(1) == DType::u8 || call.dtype(1) == DType::i8) {
    RHEO_ASSIGN_OR_RETURN(exponent, call.cast(exponent, DType::i32));
  }
  RHEO_ASSIGN_OR_RETURN(ImportValue y, emit_widened(call, OpKind::pow, {&base, &exponent}));
  RHEO_ASSIGN_OR_RETURN(y, call.cast(y, answer));
  call.answer(std::move(y));
  return {};
}

Status lower_variadic(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(1));
  ImportValue result = call.input(0);
  for (std::size_t i = 1; i < call.inputs(); ++i) {
    RHEO_RETURN_IF_ERROR(call.require(i + 1));
    RHEO_ASSIGN_OR_RETURN(result, emit_widened(call, kind_in(kVariadic, call.node().op), {&result, &call.input(i)}));
  }
  if (call.node().op == "Mean") {
    RHEO_ASSIGN_OR_RETURN(ImportValue count, Call::scalar(DType::f32, static_cast<double>(call.inputs())));
    RHEO_ASSIGN_OR_RETURN(result, call.emit(OpKind::div, {&result, &count}));
  }
  call.answer(std::move(result));
  return {};
}

// Bounds are attributes before operator set 11, then inputs that may be left out.
Status lower_clip(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(1));
  Attributes attributes;
  ImportValue x = call.input(0);
  for (const std::size_t bound : {std::size_t{1}, std::size_t{2}}) {
    const char* name = bound == 1 ? "min" : "max";
    if (call.has_attribute(name)) {
      attributes.set(name, call.real(name, 0));
    } else if (call.has(bound) && call.input(bound).is_known()) {
      RHEO_ASSIGN_OR_RETURN(const double number, call.real(bound));
      attributes.set(name, number);
    } else if (call.has(bound)) {
      RHEO_ASSIGN_OR_RETURN(x, emit_widened(call, bound == 1 ? OpKind::max : OpKind::min, {&x, &call.input(bound)}));
    }
  }
  // Where the bounds cross, ONNX answers with the upper one.
  if (attributes.real("min", -std::numeric_limits<double>::infinity()) >
      attributes.real("max", std::numeric_limits<double>::infinity())) {
    attributes.set("min", attributes.real("max"));
  }
  return answer_widened(call, OpKind::clamp, {&x}, attributes);
}

Status lower_gelu(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(1));
  const std::string approximate = call.text("approximate", "none");
  return call.answer_with(OpKind::gelu, {&call.input(0)},
                          {{"approximate", approximate == "none" ? std::string() : approximate}});
}

Status lower_hardsigmoid(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(1));
  return call.answer_with(OpKind::hardsigmoid, {&call.input(0)},
                          {{"alpha", call.real("alpha", 0.2)}, {"beta", call.real("beta", 0.5)}});
}

Status lower_alpha(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(1));
  const std::string& op = call.node().op;
  if (op == "Selu") {
    return call.answer_with(OpKind::selu, {&call.input(0)},
                            {{"alpha", call.real("alpha", 1.67326319217681884765625)},
                             {"gamma", call.real("gamma", 1.05070102214813232421875)}});
  }
  const OpKind kind = op == "LeakyRelu" ? OpKind::leaky_relu
                      : op == "Elu"     ? OpKind::elu
                      : op == "Celu"    ? OpKind::celu
                                        : OpKind::thresholded_relu;
  return call.answer_with(kind, {&call.input(0)}, {{"alpha", call.real("alpha", op == "LeakyRelu" ? 0.01 : 1)}});
}

Status lower_where(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(3));
  return call.answer_with(OpKind::where, {&call.input(0), &call.input(1), &call.input(2)});
}

Status lower_mod(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(2));
  return answer_widened(call, OpKind::mod, {&call.input(0), &call.input(1)}, {{"fmod", call.integer("fmod", 0)}});
}

Status lower_isinf(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(1));
  return call.answer_with(OpKind::is_inf, {&call.input(0)},
                          {{"detect_negative", call.integer("detect_negative", 1)},
                           {"detect_positive", call.integer("detect_positive", 1)}});
}

}  // namespace rheo::onnx

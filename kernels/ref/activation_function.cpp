// SPDX-License-Identifier: Apache-2.0
// Tested by tests/kernels/ref/activation_test.cpp.
#include "kernels/ref/activation_function.h"

#include <cmath>
#include <numbers>

#include "kernels/ref/elements.h"

namespace rheo::ref {
namespace {

// Written so that NaN fails both comparisons and passes through.
double clamped(double x, double low, double high) { return x < low ? low : x > high ? high : x; }

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

double softplus(double x) { return (x > 0 ? x : 0) + std::log1p(std::exp(x > 0 ? -x : x)); }

double gelu_tanh(double x) {
  const double inner = std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x);
  return x * (1 + std::tanh(inner)) / 2;
}

// Functions without settings that their names explain.
double named(OpKind kind, double x) {
  switch (kind) {
    case OpKind::neg: return -x;
    case OpKind::abs: return std::abs(x);
    case OpKind::sign: return x > 0 ? 1 : x < 0 ? -1 : x;
    case OpKind::exp: return std::exp(x);
    case OpKind::log: return std::log(x);
    case OpKind::sqrt: return std::sqrt(x);
    case OpKind::reciprocal: return 1 / x;
    case OpKind::erf: return std::erf(x);
    case OpKind::floor: return std::floor(x);
    case OpKind::ceil: return std::ceil(x);
    case OpKind::round: return std::isfinite(x) ? round_half_even(x) : x;
    case OpKind::sin: return std::sin(x);
    case OpKind::cos: return std::cos(x);
    case OpKind::tan: return std::tan(x);
    case OpKind::asin: return std::asin(x);
    case OpKind::acos: return std::acos(x);
    case OpKind::atan: return std::atan(x);
    case OpKind::sinh: return std::sinh(x);
    case OpKind::cosh: return std::cosh(x);
    case OpKind::asinh: return std::asinh(x);
    case OpKind::acosh: return std::acosh(x);
    case OpKind::atanh: return std::atanh(x);
    default: return x;  // no unary op: inference refuses it before a kernel is made
  }
}

}  // namespace

double activate(const ActivationSettings& settings, double x) {
  const double alpha = settings.alpha;
  switch (settings.kind) {
    case OpKind::relu: return x < 0 ? 0 : x;
    case OpKind::relu6: return clamped(x, 0, 6);
    case OpKind::hardsigmoid: return clamped(alpha * x + settings.beta, 0, 1);
    case OpKind::hardswish: return x * clamped(x + 3, 0, 6) / 6;
    case OpKind::sigmoid: return sigmoid(x);
    case OpKind::silu: return x * sigmoid(x);
    case OpKind::tanh: return std::tanh(x);
    case OpKind::gelu:
      return settings.is_tanh_approximate ? gelu_tanh(x) : x * (1 + std::erf(x / std::numbers::sqrt2)) / 2;
    case OpKind::clamp: return clamped(x, settings.low, settings.high);
    case OpKind::leaky_relu: return x < 0 ? alpha * x : x;
    case OpKind::elu: return x < 0 ? alpha * std::expm1(x) : x;
    case OpKind::celu: return x < 0 ? alpha * std::expm1(x / alpha) : x;
    case OpKind::selu: return settings.gamma * (x < 0 ? alpha * std::expm1(x) : x);
    case OpKind::thresholded_relu: return x <= alpha ? 0 : x;
    case OpKind::softplus: return softplus(x);
    case OpKind::softsign: return x / (1 + std::abs(x));
    case OpKind::mish: return x * std::tanh(softplus(x));
    default: return named(settings.kind, x);
  }
}

}  // namespace rheo::ref

// SPDX-License-Identifier: Apache-2.0
// Tested by tests/kernels/ref/activation_test.cpp.
#include "kernels/ref/activation_function.h"

#include <cmath>
#include <numbers>

namespace rheo::ref {
namespace {

// Written so that NaN fails both comparisons and passes through.
double clamped(double x, double low, double high) { return x < low ? low : x > high ? high : x; }

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

}  // namespace

double activate(const ActivationSettings& settings, double x) {
  switch (settings.kind) {
    case OpKind::relu: return x < 0 ? 0 : x;
    case OpKind::relu6: return clamped(x, 0, 6);
    case OpKind::hardsigmoid: return clamped(x + 3, 0, 6) / 6;
    case OpKind::hardswish: return x * clamped(x + 3, 0, 6) / 6;
    case OpKind::sigmoid: return sigmoid(x);
    case OpKind::silu: return x * sigmoid(x);
    case OpKind::tanh: return std::tanh(x);
    case OpKind::gelu: return x * (1 + std::erf(x / std::numbers::sqrt2)) / 2;
    case OpKind::clamp: return clamped(x, settings.low, settings.high);
    default: return x;  // no unary op: inference refuses it before a kernel is made
  }
}

}  // namespace rheo::ref

// SPDX-License-Identifier: Apache-2.0
// Unary functions on 16 lanes. exp is 2^n * e^r with |r| <= ln(2)/2 and a polynomial of degree 6 (relative error about
// 1e-7); erf follows Abramowitz and Stegun, formula 7.1.26 (absolute error 1.5e-7). NaN gives NaN, infinity its limit.
// Include only from lanes/loops_<instruction set>.cpp; see vector.h.
#pragma once

#include "kernels/cpu/activation.h"
#include "kernels/cpu/lanes/vector.h"

namespace rheo {
namespace {

// The polynomial is that of 2 * e^r and the power 2^(n - 1), so that the ends of the clamp come out as 0 and infinity.
RHEO_INLINE F32x16 exp(const F32x16& exponent) {
  const F32x16 x = smaller(larger(exponent, splat(-87.3F)), splat(89.0F));
  const I32x16 n = round_to_integer(x * 1.44269504F);
  const F32x16 whole = convert_lanes<F32x16>(n);
  const F32x16 r = (x - whole * 0.693145752F) - whole * 1.42860677e-6F;
  F32x16 p = splat(2.0F / 720);
  p = p * r + 2.0F / 120;
  p = p * r + 2.0F / 24;
  p = p * r + 2.0F / 6;
  p = p * r + 1.0F;
  p = p * r + 2.0F;
  p = p * r + 2.0F;
  return p * bits_as<F32x16>((n + 126) << 23);
}

RHEO_INLINE F32x16 sigmoid(const F32x16& x) { return 1.0F / (1.0F + exp(-x)); }

// Near zero the quotient would lose digits, so there x - x^3/3 + 2 x^5/15 - 17 x^7/315 stands in.
RHEO_INLINE F32x16 tanh(const F32x16& x) {
  const F32x16 square = x * x;
  const F32x16 small = x + x * square * (-1.0F / 3 + square * (2.0F / 15 - square * (17.0F / 315)));
  const F32x16 wide = 1.0F - 2.0F / (exp(2.0F * x) + 1.0F);
  return select(square < 0.03F, small, wide);
}

RHEO_INLINE F32x16 erf(const F32x16& x) {
  const F32x16 size = larger(x, -x);
  const F32x16 t = 1.0F / (1.0F + 0.3275911F * size);
  F32x16 p = splat(1.061405429F);
  p = p * t - 1.453152027F;
  p = p * t + 1.421413741F;
  p = p * t - 0.284496736F;
  p = p * t + 0.254829592F;
  const F32x16 y = 1.0F - p * t * exp(-x * x);
  return select(x < 0.0F, -y, y);
}

// e^x - 1. Near zero the difference would lose digits, so there the series of e^x up to x^7 stands in.
RHEO_INLINE F32x16 expm1(const F32x16& x) {
  F32x16 p = splat(1.0F / 5040);
  p = p * x + 1.0F / 720;
  p = p * x + 1.0F / 120;
  p = p * x + 1.0F / 24;
  p = p * x + 1.0F / 6;
  p = p * x + 0.5F;
  p = p * x + 1.0F;
  return select(larger(x, -x) < 0.35F, p * x, exp(x) - 1.0F);
}

// (1 + tanh(u)) / 2 is sigmoid(2 u).
RHEO_INLINE F32x16 gelu_tanh(const F32x16& x) {
  constexpr float kTwiceRootOfTwoByPi = 1.59576912F;
  return x * sigmoid(kTwiceRootOfTwoByPi * (x + 0.044715F * x * x * x));
}

RHEO_INLINE F32x16 activate(const F32x16& x, const Activation& activation) {
  const F32x16 zero{};
  switch (activation.kind) {
    case Activation::Kind::none: return x;
    case Activation::Kind::relu: return larger(x, zero);
    case Activation::Kind::clamp: return smaller(larger(x, splat(activation.alpha)), splat(activation.beta));
    case Activation::Kind::hardswish: return x * (smaller(larger(x + 3.0F, zero), splat(6)) * (1.0F / 6));
    case Activation::Kind::hardsigmoid: return smaller(larger(x + 3.0F, zero), splat(6)) * (1.0F / 6);
    case Activation::Kind::silu: return x * sigmoid(x);
    case Activation::Kind::gelu: return 0.5F * x * (1.0F + erf(x * 0.70710678F));
    case Activation::Kind::sigmoid: return sigmoid(x);
    case Activation::Kind::tanh: return tanh(x);
    case Activation::Kind::leaky_relu: return select(x < 0.0F, x * activation.alpha, x);
    case Activation::Kind::elu: return select(x < 0.0F, activation.alpha * expm1(x), x);
    case Activation::Kind::gelu_tanh: return gelu_tanh(x);
    case Activation::Kind::sloped_clamp: return smaller(larger(x * activation.alpha + activation.beta, zero), splat(1));
  }
  return x;
}

}  // namespace
}  // namespace rheo

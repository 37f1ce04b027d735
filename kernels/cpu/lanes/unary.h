// SPDX-License-Identifier: Apache-2.0
// Loops over one operand of floats. Include only from lanes/element_loops_<instruction set>.cpp; see vector.h.
#pragma once

#include "kernels/cpu/lanes/functions.h"
#include "kernels/cpu/lanes/strips.h"

namespace rheo {
namespace {

// The functions that are little more than their series.
void smooth_unary(const UnaryCall& call, const void* in, void* out, std::int64_t count) {
  using V = F32x16;
  const auto each = [&](const auto& f) __attribute__((always_inline)) { each_float(in, out, count, f); };
  const float alpha = call.alpha;
  const float gamma = call.gamma;
  switch (call.function) {
    case UnaryFunction::exp: return each([](const V& x) __attribute__((always_inline)) { return exp(x); });
    case UnaryFunction::log: return each([](const V& x) __attribute__((always_inline)) { return log(x); });
    case UnaryFunction::erf: return each([](const V& x) __attribute__((always_inline)) { return erf_everywhere(x); });
    case UnaryFunction::softplus: return each([](const V& x) __attribute__((always_inline)) { return softplus(x); });
    case UnaryFunction::mish: return each([](const V& x) __attribute__((always_inline)) { return mish(x); });
    case UnaryFunction::celu:
      return each([=](const V& x) __attribute__((always_inline)) { return elu_of(x, alpha, 1.0F / alpha); });
    case UnaryFunction::selu:
      return each([=](const V& x) __attribute__((always_inline)) { return gamma * elu_of(x, alpha, 1); });
    default: return;
  }
}

void unary_f32(const UnaryCall& call, const void* in, void* out, std::int64_t count) {
  using V = F32x16;
  const auto each = [&](const auto& f) __attribute__((always_inline)) { each_float(in, out, count, f); };
  const float alpha = call.alpha;
  switch (call.function) {
    case UnaryFunction::neg: return each([](const V& x) __attribute__((always_inline)) { return -x; });
    case UnaryFunction::abs: return each([](const V& x) __attribute__((always_inline)) { return absolute(x); });
    case UnaryFunction::sign: return each([](const V& x) __attribute__((always_inline)) { return sign_of(x); });
    case UnaryFunction::sqrt: return each([](const V& x) __attribute__((always_inline)) { return square_root(x); });
    case UnaryFunction::reciprocal: return each([](const V& x) __attribute__((always_inline)) { return 1.0F / x; });
    case UnaryFunction::floor: return each([](const V& x) __attribute__((always_inline)) { return round_down(x); });
    case UnaryFunction::ceil: return each([](const V& x) __attribute__((always_inline)) { return round_up(x); });
    case UnaryFunction::round: return each([](const V& x) __attribute__((always_inline)) { return round_even(x); });
    case UnaryFunction::softsign:
      return each([](const V& x) __attribute__((always_inline)) { return x / (1.0F + absolute(x)); });
    case UnaryFunction::thresholded_relu:
      return each([=](const V& x) __attribute__((always_inline)) { return select(x <= alpha, V{}, x); });
    default: return smooth_unary(call, in, out, count);
  }
}

void unary(const UnaryCall& call, DType dtype, const void* in, void* out, std::int64_t count) {
  if (dtype != DType::bf16) return unary_f32(call, in, out, count);
  if (count == 0) return;
  in_f32_pieces<true>({.a = in, .b = in, .b_step = 0, .out = out, .count = count},
                      [&](const PairCall& piece) { unary_f32(call, piece.a, piece.out, piece.count); });
}

}  // namespace
}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// Arithmetic of whole numbers, which wraps around; what is divided by 0 gives 0. Division has no vector form.
// Include only from lanes/element_loops_<instruction set>.cpp; see vector.h.
#pragma once

#include <type_traits>

#include "kernels/cpu/lanes/pairs.h"

namespace rheo {
namespace {

template <typename T>
using Unsigned = std::make_unsigned_t<T>;

template <typename T>
RHEO_INLINE T wrapped_product(T a, T b) {
  return static_cast<T>(static_cast<Unsigned<T>>(a) * static_cast<Unsigned<T>>(b));
}

// The lowest number divided by -1 wraps around to itself.
template <typename T>
RHEO_INLINE T quotient(T a, T b) {
  if (b == 0) return 0;
  return b == -1 ? static_cast<T>(Unsigned<T>{0} - static_cast<Unsigned<T>>(a)) : static_cast<T>(a / b);
}

template <typename T, bool has_sign_of_a>
RHEO_INLINE T whole_remainder(T a, T b) {
  if (b == 0 || b == -1) return 0;
  const T rest = a % b;
  return !has_sign_of_a && rest != 0 && (rest < 0) != (b < 0) ? static_cast<T>(rest + b) : rest;
}

// By squaring; with a negative exponent 1 / base^-exponent, cut toward zero.
template <typename T>
RHEO_INLINE T whole_power(T base, T exponent) {
  if (exponent < 0 && base != 1 && base != -1) return 0;
  if (exponent < 0) return exponent % 2 == 0 ? T{1} : base;
  T result = 1;
  for (; exponent > 0; exponent /= 2) {
    if (exponent % 2 != 0) result = wrapped_product(result, base);
    base = wrapped_product(base, base);
  }
  return result;
}

template <typename Signed, typename Wrapping>
RHEO_INLINE void whole_arithmetic(Arithmetic op, const PairCall& call) {
  using T = std::remove_cvref_t<decltype(Signed{}[0])>;
  using S = Signed;
  using W = Wrapping;
  const auto order = [&](const auto& f) __attribute__((always_inline)) { each_pair<S, S>(call, f); };
  const auto wrap = [&](const auto& f) __attribute__((always_inline)) { each_pair<W, W>(call, f); };
  const auto single = [&](const auto& f) __attribute__((always_inline)) { each_single_pair<T>(call, f); };
  switch (op) {
    case Arithmetic::add: return wrap([](const W& a, const W& b) __attribute__((always_inline)) { return a + b; });
    case Arithmetic::sub: return wrap([](const W& a, const W& b) __attribute__((always_inline)) { return a - b; });
    case Arithmetic::mul: return wrap([](const W& a, const W& b) __attribute__((always_inline)) { return a * b; });
    case Arithmetic::min:
      return order([](const S& a, const S& b) __attribute__((always_inline)) { return select(a < b, a, b); });
    case Arithmetic::max:
      return order([](const S& a, const S& b) __attribute__((always_inline)) { return select(a > b, a, b); });
    case Arithmetic::div: return single([](T a, T b) __attribute__((always_inline)) { return quotient(a, b); });
    case Arithmetic::mod:
      return single([](T a, T b) __attribute__((always_inline)) { return whole_remainder<T, false>(a, b); });
    case Arithmetic::fmod:
      return single([](T a, T b) __attribute__((always_inline)) { return whole_remainder<T, true>(a, b); });
    case Arithmetic::pow: return single([](T a, T b) __attribute__((always_inline)) { return whole_power(a, b); });
    case Arithmetic::prelu: return;
  }
}

void integers(Arithmetic op, const PairCall& call) {
  if (call.dtype == DType::i32) return whole_arithmetic<I32x16, U32x16>(op, call);
  whole_arithmetic<I64x8, U64x8>(op, call);
}

}  // namespace
}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// Loops over two operands, each dense or one repeated element: arithmetic, comparisons and logic.
// Include only from lanes/element_loops_<instruction set>.cpp; see vector.h.
#pragma once

#include <type_traits>
#include <utility>

#include "kernels/cpu/lanes/power.h"
#include "kernels/cpu/lanes/strips.h"

namespace rheo {
namespace {

// The result of a comparison, lanes of 0 or -1, as bytes of 0 or 1.
template <typename Holds>
RHEO_INLINE auto bytes_of(const Holds& holds) {
  if constexpr (sizeof(holds[0]) == 8) {
    return convert_lanes<U8x8>(holds & 1);
  } else {
    return low_bytes(holds & 1);
  }
}

// For what has no vector form: one element after the other.
template <typename T, typename F>
RHEO_INLINE void each_single_pair(const PairCall& call, const F& f) {
  const T* a = static_cast<const T*>(call.a);
  const T* b = static_cast<const T*>(call.b);
  T* out = static_cast<T*>(call.out);
  for (std::int64_t i = 0; i < call.count; ++i) out[i] = f(a[i * call.a_step], b[i * call.b_step]);
}

// NaN wins over every number.
RHEO_INLINE F32x16 least(const F32x16& a, const F32x16& b) { return select((a < b) | (a != a), a, b); }
RHEO_INLINE F32x16 most(const F32x16& a, const F32x16& b) { return select((a > b) | (a != a), a, b); }

// The exact remainder needs more than a division; the C library knows it.
float floored_remainder(float a, float b) {
  const float rest = __builtin_fmodf(a, b);
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

// Exponents that are one number and need no logarithm.
void powers(const PairCall& call) {
  using V = F32x16;
  const auto each = [&](const auto& f) __attribute__((always_inline)) { each_pair<V, V>(call, f); };
  const float exponent = call.b_step == 0 ? *static_cast<const float*>(call.b) : 0.0F;
  if (exponent == 1.0F) return each([](const V& a, const V&) __attribute__((always_inline)) { return a; });
  if (exponent == 2.0F) return each([](const V& a, const V&) __attribute__((always_inline)) { return a * a; });
  if (exponent == 3.0F) return each([](const V& a, const V&) __attribute__((always_inline)) { return a * a * a; });
  if (exponent == -1.0F) return each([](const V& a, const V&) __attribute__((always_inline)) { return 1.0F / a; });
  each([](const V& a, const V& b) __attribute__((always_inline)) { return power(a, b); });
}

void arithmetic_f32(Arithmetic op, const PairCall& call) {
  using V = F32x16;
  const auto each = [&](const auto& f) __attribute__((always_inline)) { each_pair<V, V>(call, f); };
  switch (op) {
    case Arithmetic::add: return each([](const V& a, const V& b) __attribute__((always_inline)) { return a + b; });
    case Arithmetic::sub: return each([](const V& a, const V& b) __attribute__((always_inline)) { return a - b; });
    case Arithmetic::mul: return each([](const V& a, const V& b) __attribute__((always_inline)) { return a * b; });
    case Arithmetic::div: return each([](const V& a, const V& b) __attribute__((always_inline)) { return a / b; });
    case Arithmetic::min:
      return each([](const V& a, const V& b) __attribute__((always_inline)) { return least(a, b); });
    case Arithmetic::max: return each([](const V& a, const V& b) __attribute__((always_inline)) { return most(a, b); });
    case Arithmetic::prelu:
      return each([](const V& a, const V& b) __attribute__((always_inline)) { return select(a < 0.0F, a * b, a); });
    case Arithmetic::pow: return powers(call);
    case Arithmetic::mod: return each_single_pair<float>(call, floored_remainder);
    case Arithmetic::fmod: return each_single_pair<float>(call, [](float a, float b) { return __builtin_fmodf(a, b); });
  }
}

void arithmetic(Arithmetic op, const PairCall& call) {
  if (call.dtype != DType::bf16) return arithmetic_f32(op, call);
  in_f32_pieces<true>(call, [op](const PairCall& piece) { arithmetic_f32(op, piece); });
}

template <typename V>
RHEO_INLINE void compare_lanes(Comparison op, const PairCall& call) {
  using Bytes = std::conditional_t<kCountOf<V> == 16, U8x16, U8x8>;
  const auto each = [](const PairCall& pairs, const auto& f) __attribute__((always_inline)) {
    each_pair<V, Bytes>(pairs, f);
  };
  PairCall swapped = call;
  std::swap(swapped.a, swapped.b);
  std::swap(swapped.a_step, swapped.b_step);
  const bool is_less = op == Comparison::less || op == Comparison::less_equal;
  const PairCall& order = is_less ? swapped : call;
  switch (op) {
    case Comparison::equal:
      return each(
          call, [](const V& a, const V& b) __attribute__((always_inline)) { return bytes_of(a == b); });
    case Comparison::greater:
    case Comparison::less:
      return each(
          order, [](const V& a, const V& b) __attribute__((always_inline)) { return bytes_of(a > b); });
    case Comparison::greater_equal:
    case Comparison::less_equal:
      return each(
          order, [](const V& a, const V& b) __attribute__((always_inline)) { return bytes_of(a >= b); });
  }
}

void compare(Comparison op, const PairCall& call) {
  switch (call.dtype) {
    case DType::bf16: return in_f32_pieces<false>(call, [op](const PairCall& piece) { compare(op, piece); });
    case DType::i32: return compare_lanes<I32x16>(op, call);
    case DType::i64: return compare_lanes<I64x8>(op, call);
    default: return compare_lanes<F32x16>(op, call);
  }
}

void logic(Logic op, const PairCall& call) {
  using V = U8x16;
  const auto each = [&](const auto& f) __attribute__((always_inline)) { each_pair<V, V>(call, f); };
  const auto truth = [](const V& v) __attribute__((always_inline)) { return bits_as<V>(v != 0) & std::uint8_t{1}; };
  switch (op) {
    case Logic::both:
      return each([&](const V& a, const V& b) __attribute__((always_inline)) { return truth(a) & truth(b); });
    case Logic::either:
      return each([&](const V& a, const V& b) __attribute__((always_inline)) { return truth(a | b); });
    case Logic::differ:
      return each([&](const V& a, const V& b) __attribute__((always_inline)) { return truth(a) ^ truth(b); });
    case Logic::equal:
      return each([&](const V& a, const V& b)
                      __attribute__((always_inline)) { return truth(a) ^ truth(b) ^ std::uint8_t{1}; });
  }
}

}  // namespace
}  // namespace rheo

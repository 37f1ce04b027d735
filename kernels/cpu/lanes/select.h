// SPDX-License-Identifier: Apache-2.0
// Choices: which of two values, and what kind of float. Include only from lanes/element_loops_<instruction set>.cpp;
// see vector.h.
#pragma once

#include "kernels/cpu/lanes/pairs.h"

namespace rheo {
namespace {

// A condition of 0 or not 0 per byte as numbers as wide as the elements.
RHEO_INLINE U8x16 widened(const U8x16& bytes, const U8x16&) { return bytes; }
RHEO_INLINE U16x16 widened(const U8x16& bytes, const U16x16&) { return convert_lanes<U16x16>(bytes); }
RHEO_INLINE U32x16 widened(const U8x16& bytes, const U32x16&) { return bits_as<U32x16>(widen(bytes)); }
RHEO_INLINE U64x8 widened(const U8x8& bytes, const U64x8&) { return convert_lanes<U64x8>(bytes); }

template <typename V>
RHEO_INLINE void select_elements(const SelectCall& call) {
  using Bytes = std::conditional_t<kCountOf<V> == 16, U8x16, U8x8>;
  const Source<Bytes> condition(call.condition, call.condition_step, call.count);
  const Source<V> a(call.a, call.a_step, call.count);
  const Source<V> b(call.b, call.b_step, call.count);
  const auto choose =
      [](const std::byte* which, const std::byte* left, const std::byte* right) __attribute__((always_inline)) {
    return select(widened(load<Bytes>(which), V{}) != V{}, load<V>(left), load<V>(right));
  };
  constexpr auto kBytes = static_cast<std::int64_t>(sizeof(V));
  std::byte* out = static_cast<std::byte*>(call.out);
  const std::int64_t whole = call.count / kCountOf<V>;
  for (std::int64_t i = 0; i < whole; ++i) {
    store(out + i * kBytes,
          choose(condition.data() + i * condition.advance(), a.data() + i * a.advance(), b.data() + i * b.advance()));
  }
  const std::int64_t rest = call.count % kCountOf<V>;
  if (rest == 0) return;
  const V last = choose(condition.rest(), a.rest(), b.rest());
  std::memcpy(out + whole * kBytes, &last, static_cast<std::size_t>(rest * kElementBytes<V>));
}

void select(const SelectCall& call) {
  switch (call.element_size) {
    case 1: return select_elements<U8x16>(call);
    case 2: return select_elements<U16x16>(call);
    case 4: return select_elements<U32x16>(call);
    default: return select_elements<U64x8>(call);
  }
}

void ask_f32(const FloatQuestion& question, const PairCall& call) {
  using V = F32x16;
  // Nothing is equal to NaN, so that a sign that is not asked for is never found.
  const float low = question.negative_infinity ? -__builtin_inff() : __builtin_nanf("");
  const float high = question.positive_infinity ? __builtin_inff() : __builtin_nanf("");
  const auto each = [&](const auto& f) __attribute__((always_inline)) { each_pair<V, U8x16>(call, f); };
  if (question.is_nan)
    return each([](const V& x, const V&) __attribute__((always_inline)) { return bytes_of(x != x); });
  each([=](const V& x, const V&) __attribute__((always_inline)) { return bytes_of((x == low) | (x == high)); });
}

void ask(const FloatQuestion& question, DType dtype, const void* in, void* out, std::int64_t count) {
  const PairCall call{.dtype = dtype, .a = in, .b = in, .b_step = 0, .out = out, .count = count};
  if (count == 0) return;
  if (dtype != DType::bf16) return ask_f32(question, call);
  in_f32_pieces<false>(call, [&](const PairCall& piece) { ask_f32(question, piece); });
}

}  // namespace
}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// Arithmetic on sizes that come from a file or a caller: the only place where such numbers are added or multiplied.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace rheo {

template <typename T>
std::optional<T> checked_add(T a, T b) {
  T sum;
  if (__builtin_add_overflow(a, b, &sum)) return std::nullopt;
  return sum;
}

template <typename T>
std::optional<T> checked_mul(T a, T b) {
  T product;
  if (__builtin_mul_overflow(a, b, &product)) return std::nullopt;
  return product;
}

// Sums and products of sizes, or the largest std::size_t where that cannot hold them: no memory is that large, so
// whoever asks for it is refused.
inline std::size_t saturating_add(std::size_t a, std::size_t b) { return checked_add(a, b).value_or(SIZE_MAX); }
inline std::size_t saturating_mul(std::size_t a, std::size_t b) { return checked_mul(a, b).value_or(SIZE_MAX); }

// `value` rounded up to a multiple of `alignment`, a power of two; the largest std::size_t where there is none.
inline std::size_t align_up(std::size_t value, std::size_t alignment) {
  const std::optional<std::size_t> raised = checked_add(value, alignment - 1);
  return raised ? *raised & ~(alignment - 1) : SIZE_MAX;
}

// The same, with nothing where there is none.
inline std::optional<std::size_t> checked_align_up(std::size_t value, std::size_t alignment) {
  if (!checked_add(value, alignment - 1)) return std::nullopt;
  return align_up(value, alignment);
}

}  // namespace rheo

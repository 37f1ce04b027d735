// SPDX-License-Identifier: Apache-2.0
// Vectors of any length from the vector extensions that gcc and clang share. gcc keeps a vector that is wider than
// every register in memory, and moves it through general registers; so such a vector is two of half its length here,
// and these again, until each fits a register.
//
// Everything here sits in an unnamed namespace on purpose: the same source is compiled once per instruction set, and
// no two copies may be taken for one by the linker. Include only from files named for an instruction set.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

#ifndef __clang__
#pragma GCC diagnostic ignored "-Wpsabi"  // vectors never cross a call that is not inlined
#endif

#define RHEO_INLINE inline __attribute__((always_inline))

namespace rheo {
namespace {

#if defined(__AVX512F__)
inline constexpr std::size_t kRegisterBytes = 64;
#elif defined(__AVX2__)
inline constexpr std::size_t kRegisterBytes = 32;
#else
inline constexpr std::size_t kRegisterBytes = 16;
#endif

template <typename V>
struct Halves {
  V low, high;
  using Element = std::remove_cvref_t<decltype(V{}[0])>;
  RHEO_INLINE Element operator[](int lane) const {
    Element element;
    std::memcpy(&element, reinterpret_cast<const std::byte*>(this) + static_cast<std::size_t>(lane) * sizeof(element),
                sizeof(element));
    return element;
  }
};

// `N` numbers as the compiler's own vector, in a register or not.
template <typename T, int N>
struct FlatOf {
  using type __attribute__((vector_size(N * sizeof(T)))) = T;
};
template <typename T, int N>
struct LanesOf {
  static auto lanes() {
    if constexpr (N * sizeof(T) <= kRegisterBytes) {
      return typename FlatOf<T, N>::type{};
    } else {
      return Halves<typename LanesOf<T, N / 2>::type>{};
    }
  }
  using type = decltype(lanes());
};
template <typename T, int N>
using Lanes = typename LanesOf<T, N>::type;

template <typename V>
inline constexpr bool kIsHalves = false;
template <typename V>
inline constexpr bool kIsHalves<Halves<V>> = true;

template <typename V>
RHEO_INLINE V load(const void* from) {
  if constexpr (kIsHalves<V>) {
    using Half = decltype(V::low);
    return {load<Half>(from), load<Half>(static_cast<const std::byte*>(from) + sizeof(Half))};
  } else {
    V v;
    std::memcpy(&v, from, sizeof(v));
    return v;
  }
}

template <typename V>
RHEO_INLINE void store(void* to, const V& v) {
  if constexpr (kIsHalves<V>) {
    store(to, v.low);
    store(static_cast<std::byte*>(to) + sizeof(v.low), v.high);
  } else {
    std::memcpy(to, &v, sizeof(v));
  }
}

template <typename To, typename From>
RHEO_INLINE To bits_as(const From& from) {
  static_assert(sizeof(To) == sizeof(From));
  if constexpr (kIsHalves<To> && kIsHalves<From>) {
    return {bits_as<decltype(To::low)>(from.low), bits_as<decltype(To::high)>(from.high)};
  } else {
    To to;
    std::memcpy(&to, &from, sizeof(to));
    return to;
  }
}

// Where `mask` holds, lanes of `a`, elsewhere those of `b`. Single numbers too.
template <typename Mask, typename V>
RHEO_INLINE V select(const Mask& mask, const V& a, const V& b) {
  if constexpr (kIsHalves<V>) {
    return {select(mask.low, a.low, b.low), select(mask.high, a.high, b.high)};
  } else {
    return mask ? a : b;
  }
}

template <typename V>
inline constexpr int kLanesOf = static_cast<int>(sizeof(V) / sizeof(V{}[0]));

// Every lane as a number of another type.
template <typename To, typename From>
RHEO_INLINE To convert_lanes(const From& from) {
  if constexpr (kIsHalves<To> && kIsHalves<From>) {
    return {convert_lanes<decltype(To::low)>(from.low), convert_lanes<decltype(To::high)>(from.high)};
  } else if constexpr (kIsHalves<To> || kIsHalves<From>) {
    using FlatFrom = typename FlatOf<std::remove_cvref_t<decltype(From{}[0])>, kLanesOf<From>>::type;
    using FlatTo = typename FlatOf<std::remove_cvref_t<decltype(To{}[0])>, kLanesOf<To>>::type;
    return bits_as<To>(__builtin_convertvector(bits_as<FlatFrom>(from), FlatTo));
  } else {
    return __builtin_convertvector(from, To);
  }
}

// Operators of halves with halves, or with a number that goes to every lane.
template <typename A, typename B>
inline constexpr bool kAreHalves = (kIsHalves<A> && (kIsHalves<B> || std::is_arithmetic_v<B>)) ||
                                   (std::is_arithmetic_v<A> && kIsHalves<B>);
template <typename A, typename B>
using IfHalves = std::enable_if_t<kAreHalves<A, B>, int>;

// A number is its own half.
template <typename V>
RHEO_INLINE const auto& low_of(const V& v) {
  if constexpr (kIsHalves<V>) {
    return v.low;
  } else {
    return v;
  }
}
template <typename V>
RHEO_INLINE const auto& high_of(const V& v) {
  if constexpr (kIsHalves<V>) {
    return v.high;
  } else {
    return v;
  }
}
template <typename A, typename B, typename F>
RHEO_INLINE auto each_half(const A& a, const B& b, const F& f) {
  const auto low = f(low_of(a), low_of(b));
  return Halves<std::remove_const_t<decltype(low)>>{low, f(high_of(a), high_of(b))};
}

template <typename A, typename B, IfHalves<A, B> = 0>
RHEO_INLINE auto operator+(const A& a, const B& b) {
  return each_half(
      a, b, [](const auto& x, const auto& y) __attribute__((always_inline)) { return x + y; });
}
template <typename A, typename B, IfHalves<A, B> = 0>
RHEO_INLINE auto operator-(const A& a, const B& b) {
  return each_half(
      a, b, [](const auto& x, const auto& y) __attribute__((always_inline)) { return x - y; });
}
template <typename A, typename B, IfHalves<A, B> = 0>
RHEO_INLINE auto operator*(const A& a, const B& b) {
  return each_half(
      a, b, [](const auto& x, const auto& y) __attribute__((always_inline)) { return x * y; });
}
template <typename A, typename B, IfHalves<A, B> = 0>
RHEO_INLINE auto operator/(const A& a, const B& b) {
  return each_half(
      a, b, [](const auto& x, const auto& y) __attribute__((always_inline)) { return x / y; });
}
template <typename A, typename B, IfHalves<A, B> = 0>
RHEO_INLINE auto operator&(const A& a, const B& b) {
  return each_half(
      a, b, [](const auto& x, const auto& y) __attribute__((always_inline)) { return x & y; });
}
template <typename A, typename B, IfHalves<A, B> = 0>
RHEO_INLINE auto operator|(const A& a, const B& b) {
  return each_half(
      a, b, [](const auto& x, const auto& y) __attribute__((always_inline)) { return x | y; });
}
template <typename A, typename B, IfHalves<A, B> = 0>
RHEO_INLINE auto operator^(const A& a, const B& b) {
  return each_half(
      a, b, [](const auto& x, const auto& y) __attribute__((always_inline)) { return x ^ y; });
}
template <typename A, typename B, IfHalves<A, B> = 0>
RHEO_INLINE auto operator<<(const A& a, const B& b) {
  return each_half(
      a, b, [](const auto& x, const auto& y) __attribute__((always_inline)) { return x << y; });
}
template <typename A, typename B, IfHalves<A, B> = 0>
RHEO_INLINE auto operator>>(const A& a, const B& b) {
  return each_half(
      a, b, [](const auto& x, const auto& y) __attribute__((always_inline)) { return x >> y; });
}
template <typename A, typename B, IfHalves<A, B> = 0>
RHEO_INLINE auto operator==(const A& a, const B& b) {
  return each_half(
      a, b, [](const auto& x, const auto& y) __attribute__((always_inline)) { return x == y; });
}
template <typename A, typename B, IfHalves<A, B> = 0>
RHEO_INLINE auto operator!=(const A& a, const B& b) {
  return each_half(
      a, b, [](const auto& x, const auto& y) __attribute__((always_inline)) { return x != y; });
}
template <typename A, typename B, IfHalves<A, B> = 0>
RHEO_INLINE auto operator<(const A& a, const B& b) {
  return each_half(
      a, b, [](const auto& x, const auto& y) __attribute__((always_inline)) { return x < y; });
}
template <typename A, typename B, IfHalves<A, B> = 0>
RHEO_INLINE auto operator>(const A& a, const B& b) {
  return each_half(
      a, b, [](const auto& x, const auto& y) __attribute__((always_inline)) { return x > y; });
}
template <typename A, typename B, IfHalves<A, B> = 0>
RHEO_INLINE auto operator<=(const A& a, const B& b) {
  return each_half(
      a, b, [](const auto& x, const auto& y) __attribute__((always_inline)) { return x <= y; });
}
template <typename A, typename B, IfHalves<A, B> = 0>
RHEO_INLINE auto operator>=(const A& a, const B& b) {
  return each_half(
      a, b, [](const auto& x, const auto& y) __attribute__((always_inline)) { return x >= y; });
}
template <typename V>
RHEO_INLINE Halves<V> operator-(const Halves<V>& v) {
  return {-v.low, -v.high};
}
template <typename V, typename B, IfHalves<Halves<V>, B> = 0>
RHEO_INLINE Halves<V>& operator+=(Halves<V>& a, const B& b) {
  return a = a + b;
}
template <typename V, typename B, IfHalves<Halves<V>, B> = 0>
RHEO_INLINE Halves<V>& operator-=(Halves<V>& a, const B& b) {
  return a = a - b;
}
template <typename V, typename B, IfHalves<Halves<V>, B> = 0>
RHEO_INLINE Halves<V>& operator*=(Halves<V>& a, const B& b) {
  return a = a * b;
}
template <typename V, typename B, IfHalves<Halves<V>, B> = 0>
RHEO_INLINE Halves<V>& operator|=(Halves<V>& a, const B& b) {
  return a = a | b;
}

}  // namespace
}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// What scatter_elements and scatter_nd do to an element: replace it by an update, or join it with one. A type per pair
// of element type and reduction, chosen once, when the kernel is made.
#pragma once

#include <cstdint>

#include "op/indexing.h"
#include "tensor/half.h"

namespace rheo {

// Elements that are only moved, by their size.
template <typename T>
struct Replace {
  using Element = T;
  static void update(T& x, T with) { x = with; }
};

template <ScatterReduction how, typename T>
T joined(T x, T with) {
  if constexpr (how == ScatterReduction::add) return static_cast<T>(x + with);
  if constexpr (how == ScatterReduction::mul) return static_cast<T>(x * with);
  if constexpr (how == ScatterReduction::min) return x != x || x < with ? x : with;
  if constexpr (how == ScatterReduction::max) return x != x || x > with ? x : with;
  return with;
}

// Arithmetic: the type in which add and mul are done, for integers the one that wraps around.
template <ScatterReduction how, typename T, typename Arithmetic = T>
struct Join {
  using Element = T;
  static constexpr bool kOrders = how == ScatterReduction::min || how == ScatterReduction::max;
  static void update(T& x, T with) {
    if constexpr (kOrders) {
      x = joined<how>(x, with);
    } else {
      x = static_cast<T>(joined<how>(static_cast<Arithmetic>(x), static_cast<Arithmetic>(with)));
    }
  }
};

template <ScatterReduction how>
struct JoinBf16 {
  using Element = std::uint16_t;
  static void update(std::uint16_t& x, std::uint16_t with) {
    x = f32_to_bf16(joined<how>(bf16_to_f32(x), bf16_to_f32(with)));
  }
};

// Calls use(Update{}) with the type for a reduction of elements of `dtype`, which infer_types has found to fit.
template <ScatterReduction how, typename F>
auto with_join(DType dtype, F&& use) {
  switch (dtype) {
    case DType::bf16: return use(JoinBf16<how>{});
    case DType::i32: return use(Join<how, std::int32_t, std::uint32_t>{});
    case DType::i64: return use(Join<how, std::int64_t, std::uint64_t>{});
    case DType::i8: return use(Join<how, std::int8_t>{});
    case DType::u8: return use(Join<how, std::uint8_t>{});
    default: return use(Join<how, float>{});
  }
}

template <typename F>
auto with_update(ScatterReduction how, DType dtype, F&& use) {
  switch (how) {
    case ScatterReduction::add: return with_join<ScatterReduction::add>(dtype, use);
    case ScatterReduction::mul: return with_join<ScatterReduction::mul>(dtype, use);
    case ScatterReduction::min: return with_join<ScatterReduction::min>(dtype, use);
    case ScatterReduction::max: return with_join<ScatterReduction::max>(dtype, use);
    case ScatterReduction::none: break;
  }
  switch (size_bytes(dtype)) {
    case 1: return use(Replace<std::uint8_t>{});
    case 2: return use(Replace<std::uint16_t>{});
    case 4: return use(Replace<std::uint32_t>{});
    default: return use(Replace<std::uint64_t>{});
  }
}

}  // namespace rheo

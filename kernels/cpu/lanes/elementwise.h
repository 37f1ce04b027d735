// SPDX-License-Identifier: Apache-2.0
// Element by element: unary functions and arithmetic. Include only from lanes/loops_<instruction set>.cpp; see
// vector.h.
#pragma once

#include "kernels/cpu/lanes/activate.h"
#include "kernels/cpu/lanes/loops.h"
#include "kernels/cpu/lanes/vector.h"

namespace rheo {
namespace {

void activate_all(const void* in, void* out, DType dtype, float scale, const Activation& activation,
                  std::int64_t count) {
  const std::byte* from = static_cast<const std::byte*>(in);
  std::byte* to = static_cast<std::byte*>(out);
  const std::int64_t bytes = static_cast<std::int64_t>(element_bytes(dtype));
  const float inverse = 1.0F / scale;
  for (std::int64_t i = 0; i < count; i += kLanes) {
    const int lanes = static_cast<int>(count - i < kLanes ? count - i : kLanes);
    const F32x16 x = load_part(from + i * bytes, dtype, lanes) * scale;
    store_part(to + i * bytes, activate(x, activation) * inverse, dtype, lanes);
  }
}

RHEO_INLINE F32x16 apply(Arithmetic op, const F32x16& a, const F32x16& b) {
  switch (op) {
    case Arithmetic::add: return a + b;
    case Arithmetic::sub: return a - b;
    case Arithmetic::mul: return a * b;
    case Arithmetic::div: return a / b;
  }
  return a;
}

void arithmetic(Arithmetic op, const void* a, std::int64_t a_step, const void* b, std::int64_t b_step, void* out,
                DType dtype, std::int64_t count) {
  const std::byte* left = static_cast<const std::byte*>(a);
  const std::byte* right = static_cast<const std::byte*>(b);
  std::byte* to = static_cast<std::byte*>(out);
  const std::int64_t bytes = static_cast<std::int64_t>(element_bytes(dtype));
  const F32x16 left_all = splat(load_part(left, dtype, 1)[0]);
  const F32x16 right_all = splat(load_part(right, dtype, 1)[0]);
  for (std::int64_t i = 0; i < count; i += kLanes) {
    const int lanes = static_cast<int>(count - i < kLanes ? count - i : kLanes);
    const F32x16 x = a_step == 0 ? left_all : load_part(left + i * bytes, dtype, lanes);
    const F32x16 y = b_step == 0 ? right_all : load_part(right + i * bytes, dtype, lanes);
    store_part(to + i * bytes, apply(op, x, y), dtype, lanes);
  }
}

}  // namespace
}  // namespace rheo

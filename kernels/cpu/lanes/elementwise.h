// SPDX-License-Identifier: Apache-2.0
// Activations element by element. Include only from lanes/loops_<instruction set>.cpp; see vector.h.
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

}  // namespace
}  // namespace rheo

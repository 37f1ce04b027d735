// SPDX-License-Identifier: Apache-2.0
// pow of a float and a whole exponent, with NumPy's broadcasting; layouts and limits are those of broadcast.h.
// f32 and bf16 to the power of i32 and i64. One exponent for a whole run that a float holds goes to the loops of
// arithmetic.cpp; others are computed one by one. Tested by tests/agree/kernels_elementwise_test.cpp.
#include <cmath>

#include "kernels/cpu/broadcast.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/lanes/element_loops.h"
#include "kernels/cpu/refusal.h"
#include "tensor/half.h"

namespace rheo {
namespace {

// Whole numbers up to here are floats.
constexpr std::int64_t kLargestInFloat = std::int64_t{1} << 24;

std::int64_t exponent_at(const std::byte* exponents, DType dtype, std::int64_t index) {
  if (dtype == DType::i32) return reinterpret_cast<const std::int32_t*>(exponents)[index];
  return reinterpret_cast<const std::int64_t*>(exponents)[index];
}

float power(float base, std::int64_t exponent) {
  return static_cast<float>(std::pow(static_cast<double>(base), static_cast<double>(exponent)));
}

void one_by_one(const BroadcastRun& run, DType dtype, DType exponent) {
  for (std::int64_t i = 0; i < run.count; ++i) {
    const std::int64_t at = i * run.steps[0];
    const std::int64_t n = exponent_at(run.inputs[1], exponent, i * run.steps[1]);
    if (dtype == DType::f32) {
      reinterpret_cast<float*>(run.out)[i] = power(reinterpret_cast<const float*>(run.inputs[0])[at], n);
    } else {
      const std::uint16_t base = reinterpret_cast<const std::uint16_t*>(run.inputs[0])[at];
      reinterpret_cast<std::uint16_t*>(run.out)[i] = f32_to_bf16(power(bf16_to_f32(base), n));
    }
  }
}

}  // namespace

Result<std::unique_ptr<Kernel>> make_own_whole_pow(const KernelRequest& request) {
  const DType dtype = request.inputs[0].type->dtype;
  const DType exponent = request.inputs[1].type->dtype;
  const bool is_float = dtype == DType::f32 || dtype == DType::bf16;
  if (!is_float || (exponent != DType::i32 && exponent != DType::i64)) {
    return refuse("This is for floats with whole exponents.");
  }
  return make_broadcast_kernel(
      request, ZeroPadding::lost,
      [dtype, exponent, loop = element_loops_for(request.isa).arithmetic](const BroadcastRun& run) {
        const std::int64_t first = exponent_at(run.inputs[1], exponent, 0);
        if (run.steps[1] != 0 || first > kLargestInFloat || first < -kLargestInFloat) {
          return one_by_one(run, dtype, exponent);
        }
        const auto number = static_cast<float>(first);
        const std::uint16_t bits = f32_to_bf16(number);
        const bool is_f32 = dtype == DType::f32;
        if (!is_f32 && bf16_to_f32(bits) != number) return one_by_one(run, dtype, exponent);
        const void* n = is_f32 ? static_cast<const void*>(&number) : &bits;
        loop(Arithmetic::pow, {dtype, run.inputs[0], run.steps[0], n, 0, run.out, run.count});
      });
}

}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// neg, abs, sign and clamp of i32 and i64, any layout, in place; as kernels/ref/integer_unary.cpp says. All are made of
// the loops for two operands: sign is a clamp to [-1, 1], abs the larger of x and -x.
// Tested by tests/agree/kernels_elementwise_test.cpp.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "kernels/cpu/broadcast.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/lanes/element_loops.h"
#include "kernels/cpu/refusal.h"
#include "op/activation.h"

namespace rheo {
namespace {

using PairLoop = void (*)(Arithmetic, const PairCall&);

template <typename T>
T whole(double bound) {
  constexpr auto kLow = static_cast<double>(std::numeric_limits<T>::min());
  if (bound >= -kLow) return std::numeric_limits<T>::max();
  return bound <= kLow ? std::numeric_limits<T>::min() : static_cast<T>(bound);
}

template <typename T>
FlatBody clamp_body(PairLoop loop, double low, double high) {
  return [loop, low = whole<T>(std::ceil(low)), high = whole<T>(std::floor(high))](const std::byte* in, std::byte* out,
                                                                                   std::int64_t count) {
    loop(Arithmetic::max, {dtype_of<T>(), in, 1, &low, 0, out, count});
    loop(Arithmetic::min, {dtype_of<T>(), out, 1, &high, 0, out, count});
  };
}

template <typename T>
FlatBody neg_body(PairLoop loop) {
  return [loop](const std::byte* in, std::byte* out, std::int64_t count) {
    constexpr T kZero = 0;
    loop(Arithmetic::sub, {dtype_of<T>(), &kZero, 0, in, 1, out, count});
  };
}

template <typename T>
FlatBody abs_body(PairLoop loop) {
  return [loop](const std::byte* in, std::byte* out, std::int64_t count) {
    constexpr T kZero = 0;
    std::array<T, 512> negative;
    constexpr auto kPiece = static_cast<std::int64_t>(std::size(negative));
    for (std::int64_t first = 0; first < count; first += kPiece) {
      const std::int64_t skipped = first * static_cast<std::int64_t>(sizeof(T));
      const std::int64_t some = std::min(kPiece, count - first);
      loop(Arithmetic::sub, {dtype_of<T>(), &kZero, 0, in + skipped, 1, negative.data(), some});
      loop(Arithmetic::max, {dtype_of<T>(), in + skipped, 1, negative.data(), 1, out + skipped, some});
    }
  };
}

template <typename T>
FlatBody body_of(const KernelRequest& request) {
  const PairLoop loop = element_loops_for(request.isa).integers;
  switch (request.op) {
    case OpKind::neg: return neg_body<T>(loop);
    case OpKind::abs: return abs_body<T>(loop);
    case OpKind::sign: return clamp_body<T>(loop, -1, 1);
    default: break;
  }
  const ActivationSettings bounds = ActivationSettings::alone(request.op, *request.attributes);
  return clamp_body<T>(loop, bounds.low, bounds.high);
}

}  // namespace

Result<std::unique_ptr<Kernel>> make_own_integer_unary(const KernelRequest& request) {
  const DType dtype = request.inputs[0].type->dtype;
  if (dtype != DType::i32 && dtype != DType::i64) return refuse("This is for i32 and i64.");
  const ZeroPadding padding = request.op == OpKind::clamp ? ZeroPadding::lost : ZeroPadding::kept;
  return make_flat_kernel(request, padding,
                          dtype == DType::i32 ? body_of<std::int32_t>(request) : body_of<std::int64_t>(request));
}

}  // namespace rheo

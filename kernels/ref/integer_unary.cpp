// SPDX-License-Identifier: Apache-2.0
// neg, abs, sign and clamp of integers; clamp keeps them between the whole numbers inside its bounds.
// Layout: plain. Dtypes: i32, i64. The lowest integer has no positive twin: its neg and abs are itself.
// Tested by tests/kernels/ref/integer_unary_test.cpp.
#include <cmath>
#include <limits>

#include "kernels/ref/elements.h"
#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"
#include "op/activation.h"

namespace rheo::ref {
namespace {

std::int64_t negated(std::int64_t x) {
  return static_cast<std::int64_t>(std::uint64_t{0} - static_cast<std::uint64_t>(x));
}

// Whole, or infinite.
std::int64_t saturated(double bound) {
  if (bound >= 0x1p63) return std::numeric_limits<std::int64_t>::max();
  return bound <= -0x1p63 ? std::numeric_limits<std::int64_t>::min() : static_cast<std::int64_t>(bound);
}

class IntegerUnary {
 public:
  explicit IntegerUnary(const KernelRequest& request)
      : x_(*request.inputs[0].type), settings_(ActivationSettings::alone(request.op, *request.attributes)) {}

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    const std::int64_t elements = x_.shape.elements();
    for (std::int64_t i = 0; i < elements; ++i) {
      set_integer_at(x_.dtype, outputs[0], i, apply(integer_at(x_.dtype, inputs[0], i)));
    }
  }

 private:
  std::int64_t apply(std::int64_t x) const {
    switch (settings_.kind) {
      case OpKind::neg: return negated(x);
      case OpKind::abs: return x < 0 ? negated(x) : x;
      case OpKind::sign: return x > 0 ? 1 : x < 0 ? -1 : 0;
      default: break;  // clamp
    }
    const std::int64_t low = saturated(std::ceil(settings_.low));
    const std::int64_t high = saturated(std::floor(settings_.high));
    return x < low ? low : x > high ? high : x;
  }

  const TensorType x_;
  const ActivationSettings settings_;
};

}  // namespace

MadeKernel make_integer_unary(const KernelRequest& request) { return make_plain<IntegerUnary>(request); }

}  // namespace rheo::ref

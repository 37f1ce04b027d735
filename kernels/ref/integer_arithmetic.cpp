// SPDX-License-Identifier: Apache-2.0
// add, sub, mul, div, min, max, mod and pow of integers; shapes broadcast like NumPy's.
// Layout: plain. Dtypes: i32, i64. Sums and products wrap around; div cuts toward zero; what is divided by 0 gives 0,
// and so does its mod; the lowest integer divided by -1 wraps around to itself. pow with a negative exponent is 1 /
// a^-b, cut toward zero. Tested by tests/kernels/ref/integer_arithmetic_test.cpp.
#include <algorithm>

#include "kernels/ref/elements.h"
#include "kernels/ref/indices.h"
#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"

namespace rheo::ref {
namespace {

using Unsigned = std::uint64_t;

std::int64_t wrapped(Unsigned value) { return static_cast<std::int64_t>(value); }
std::int64_t product(std::int64_t a, std::int64_t b) {
  return wrapped(static_cast<Unsigned>(a) * static_cast<Unsigned>(b));
}

std::int64_t quotient(std::int64_t a, std::int64_t b) {
  if (b == 0) return 0;
  return b == -1 ? wrapped(Unsigned{0} - static_cast<Unsigned>(a)) : a / b;
}

std::int64_t remainder(std::int64_t a, std::int64_t b, bool has_sign_of_a) {
  if (b == 0 || b == -1) return 0;
  const std::int64_t rest = a % b;
  return !has_sign_of_a && rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

std::int64_t power(std::int64_t base, std::int64_t exponent) {
  if (exponent < 0 && base != 1 && base != -1) return 0;
  if (exponent < 0) return exponent % 2 == 0 ? 1 : base;
  std::int64_t result = 1;
  for (; exponent > 0; exponent /= 2) {
    if (exponent % 2 != 0) result = product(result, base);
    base = product(base, base);
  }
  return result;
}

std::int64_t combine(OpKind op, bool has_sign_of_a, std::int64_t a, std::int64_t b) {
  switch (op) {
    case OpKind::add: return wrapped(static_cast<Unsigned>(a) + static_cast<Unsigned>(b));
    case OpKind::sub: return wrapped(static_cast<Unsigned>(a) - static_cast<Unsigned>(b));
    case OpKind::mul: return product(a, b);
    case OpKind::div: return quotient(a, b);
    case OpKind::min: return std::min(a, b);
    case OpKind::max: return std::max(a, b);
    case OpKind::mod: return remainder(a, b, has_sign_of_a);
    default: return power(a, b);
  }
}

class IntegerArithmetic {
 public:
  explicit IntegerArithmetic(const KernelRequest& request)
      : op_(request.op),
        has_sign_of_a_(request.attributes->integer("fmod") != 0),
        y_(*request.outputs[0].type),
        a_strides_(broadcast_strides(request.inputs[0].type->shape, y_.shape)),
        b_strides_(broadcast_strides(request.inputs[1].type->shape, y_.shape)) {}

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    std::int64_t out = 0;
    for_each_index(y_.shape, [&](const Index& index) {
      const std::int64_t a = integer_at(y_.dtype, inputs[0], offset_of(index, a_strides_));
      const std::int64_t b = integer_at(y_.dtype, inputs[1], offset_of(index, b_strides_));
      set_integer_at(y_.dtype, outputs[0], out++, combine(op_, has_sign_of_a_, a, b));
    });
  }

 private:
  const OpKind op_;
  const bool has_sign_of_a_;
  const TensorType y_;
  const Strides a_strides_;
  const Strides b_strides_;
};

}  // namespace

MadeKernel make_integer_arithmetic(const KernelRequest& request) { return make_plain<IntegerArithmetic>(request); }

}  // namespace rheo::ref

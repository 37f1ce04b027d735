// SPDX-License-Identifier: Apache-2.0
// y = a + b, a - b, a * b, a / b, min, max, mod, pow or prelu; shapes broadcast like NumPy's.
// Layout: plain. Dtypes: f32, bf16; integers are sent to integer_arithmetic.cpp. Division by zero gives infinity or
// NaN. No limits. Tested by tests/kernels/ref/arithmetic_test.cpp.
#include <cmath>

#include "kernels/ref/elements.h"
#include "kernels/ref/indices.h"
#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"

namespace rheo::ref {
namespace {

// The remainder with the sign of b.
double floored_mod(double a, double b) {
  const double rest = std::fmod(a, b);
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

// NaN wins over every number.
double smaller(double a, double b) { return a < b || std::isnan(a) ? a : b; }
double larger(double a, double b) { return a > b || std::isnan(a) ? a : b; }

double combine(OpKind op, bool has_sign_of_a, double a, double b) {
  switch (op) {
    case OpKind::add: return a + b;
    case OpKind::sub: return a - b;
    case OpKind::mul: return a * b;
    case OpKind::div: return a / b;
    case OpKind::min: return smaller(a, b);
    case OpKind::max: return larger(a, b);
    case OpKind::mod: return has_sign_of_a ? std::fmod(a, b) : floored_mod(a, b);
    case OpKind::pow: return std::pow(a, b);
    default: return a < 0 ? b * a : a;  // prelu
  }
}

class Arithmetic {
 public:
  explicit Arithmetic(const KernelRequest& request)
      : op_(request.op),
        has_sign_of_a_(request.attributes->integer("fmod") != 0),
        a_(*request.inputs[0].type),
        b_(*request.inputs[1].type),
        y_(*request.outputs[0].type),
        a_strides_(broadcast_strides(a_.shape, y_.shape)),
        b_strides_(broadcast_strides(b_.shape, y_.shape)) {}

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    const ElementReader a(a_, inputs[0]);
    const ElementReader b(b_, inputs[1]);
    const ElementWriter y(y_, outputs[0]);
    std::int64_t out = 0;
    for_each_index(y_.shape, [&](const Index& index) {
      y.set_real(out++, combine(op_, has_sign_of_a_, a.real(offset_of(index, a_strides_)),
                                b.real(offset_of(index, b_strides_))));
    });
  }

 private:
  const OpKind op_;
  const bool has_sign_of_a_;
  const TensorType a_;
  const TensorType b_;
  const TensorType y_;
  const Strides a_strides_;
  const Strides b_strides_;
};

}  // namespace

MadeKernel make_arithmetic(const KernelRequest& request) {
  const DType dtype = request.inputs[0].type->dtype;
  if (dtype == DType::i32 || dtype == DType::i64) return make_integer_arithmetic(request);
  return make_plain<Arithmetic>(request);
}

}  // namespace rheo::ref

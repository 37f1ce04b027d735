// SPDX-License-Identifier: Apache-2.0
// y = a + b, a - b, a * b or a / b; shapes broadcast like NumPy's.
// Layout: plain. Dtypes: f32, bf16. Division by zero gives infinity or NaN. No limits.
// Tested by tests/kernels/ref/arithmetic_test.cpp.
#include "kernels/ref/elements.h"
#include "kernels/ref/indices.h"
#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"

namespace rheo::ref {
namespace {

double combine(OpKind op, double a, double b) {
  switch (op) {
    case OpKind::add: return a + b;
    case OpKind::sub: return a - b;
    case OpKind::mul: return a * b;
    default: return a / b;
  }
}

class Arithmetic {
 public:
  explicit Arithmetic(const KernelRequest& request)
      : op_(request.op),
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
      y.set_real(out++, combine(op_, a.real(offset_of(index, a_strides_)), b.real(offset_of(index, b_strides_))));
    });
  }

 private:
  const OpKind op_;
  const TensorType a_;
  const TensorType b_;
  const TensorType y_;
  const Strides a_strides_;
  const Strides b_strides_;
};

}  // namespace

MadeKernel make_arithmetic(const KernelRequest& request) { return make_plain<Arithmetic>(request); }

}  // namespace rheo::ref

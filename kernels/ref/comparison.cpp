// SPDX-License-Identifier: Apache-2.0
// y = a == b, a > b, a >= b, a < b or a <= b; shapes broadcast like NumPy's. Nothing compares with NaN.
// Layout: plain. Dtypes: f32, bf16, i32, i64 -> bool; equal also bool. No limits.
// Tested by tests/kernels/ref/comparison_test.cpp.
#include "kernels/ref/elements.h"
#include "kernels/ref/indices.h"
#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"

namespace rheo::ref {
namespace {

template <typename T>
bool holds(OpKind op, T a, T b) {
  switch (op) {
    case OpKind::equal: return a == b;
    case OpKind::greater: return a > b;
    case OpKind::greater_equal: return a >= b;
    case OpKind::less: return a < b;
    default: return a <= b;
  }
}

class Comparison {
 public:
  explicit Comparison(const KernelRequest& request)
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
    const bool is_whole = a_.dtype == DType::i32 || a_.dtype == DType::i64;  // which a double may not hold
    std::int64_t out = 0;
    for_each_index(y_.shape, [&](const Index& index) {
      const std::int64_t at_a = offset_of(index, a_strides_);
      const std::int64_t at_b = offset_of(index, b_strides_);
      const bool result = is_whole
                              ? holds(op_, integer_at(a_.dtype, inputs[0], at_a), integer_at(a_.dtype, inputs[1], at_b))
                              : holds(op_, a.real(at_a), b.real(at_b));
      y.set_real(out++, result ? 1 : 0);
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

MadeKernel make_comparison(const KernelRequest& request) { return make_plain<Comparison>(request); }

}  // namespace rheo::ref

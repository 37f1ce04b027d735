// SPDX-License-Identifier: Apache-2.0
// y = a and b, a or b, a xor b, not a; shapes broadcast like NumPy's.
// Layout: plain. Dtype: bool. No limits.
// Tested by tests/kernels/ref/logical_test.cpp.
#include "kernels/ref/elements.h"
#include "kernels/ref/indices.h"
#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"

namespace rheo::ref {
namespace {

bool combine(OpKind op, bool a, bool b) {
  switch (op) {
    case OpKind::logical_and: return a && b;
    case OpKind::logical_or: return a || b;
    case OpKind::logical_xor: return a != b;
    default: return !a;
  }
}

class Logical {
 public:
  explicit Logical(const KernelRequest& request)
      : op_(request.op),
        y_(*request.outputs[0].type),
        a_strides_(broadcast_strides(request.inputs[0].type->shape, y_.shape)),
        b_strides_(broadcast_strides(request.inputs.back().type->shape, y_.shape)) {}

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    const ElementReader a(y_, inputs[0]);
    const ElementReader b(y_, inputs.back());  // of logical_not the same as a
    const ElementWriter y(y_, outputs[0]);
    std::int64_t out = 0;
    for_each_index(y_.shape, [&](const Index& index) {
      const bool left = a.stored(offset_of(index, a_strides_)) != 0;
      const bool right = b.stored(offset_of(index, b_strides_)) != 0;
      y.set_real(out++, combine(op_, left, right) ? 1 : 0);
    });
  }

 private:
  const OpKind op_;
  const TensorType y_;
  const Strides a_strides_;
  const Strides b_strides_;
};

}  // namespace

MadeKernel make_logical(const KernelRequest& request) { return make_plain<Logical>(request); }

}  // namespace rheo::ref

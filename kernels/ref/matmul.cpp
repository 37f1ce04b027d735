// SPDX-License-Identifier: Apache-2.0
// y[..., i, j] = sum over l of a[..., i, l] * b[..., l, j]; leading dimensions broadcast.
// Layout: plain. Dtypes: f32, bf16. Sums in double. No limits.
// Tested by tests/kernels/ref/matmul_test.cpp.
#include "kernels/ref/elements.h"
#include "kernels/ref/indices.h"
#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"

namespace rheo::ref {
namespace {

// Strides of a [..., rows, columns] operand over the batch of the result; the last two are its own.
Strides matrix_strides(const Shape& operand, const Shape& result) {
  Shape widened = result;
  for (std::size_t back : {1U, 2U}) widened[widened.rank() - back] = operand[operand.rank() - back];
  return broadcast_strides(operand, widened);
}

class Matmul {
 public:
  explicit Matmul(const KernelRequest& request)
      : a_(*request.inputs[0].type),
        b_(*request.inputs[1].type),
        y_(*request.outputs[0].type),
        a_strides_(matrix_strides(a_.shape, y_.shape)),
        b_strides_(matrix_strides(b_.shape, y_.shape)) {}

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    const ElementReader a(a_, inputs[0]);
    const ElementReader b(b_, inputs[1]);
    const ElementWriter y(y_, outputs[0]);
    const std::size_t row = y_.shape.rank() - 2;
    const std::size_t column = row + 1;
    const std::int64_t depth = a_.shape[a_.shape.rank() - 1];
    std::int64_t out = 0;
    for_each_index(y_.shape, [&](const Index& index) {
      Index a_index = index;
      Index b_index = index;
      double sum = 0;
      for (std::int64_t l = 0; l < depth; ++l) {
        a_index[column] = l;
        b_index[row] = l;
        sum += a.real(offset_of(a_index, a_strides_)) * b.real(offset_of(b_index, b_strides_));
      }
      y.set_real(out++, sum);
    });
  }

 private:
  const TensorType a_;  // [..., m, k]
  const TensorType b_;  // [..., k, n]
  const TensorType y_;  // [..., m, n]
  const Strides a_strides_;
  const Strides b_strides_;
};

}  // namespace

MadeKernel make_matmul(const KernelRequest& request) { return make_plain<Matmul>(request); }

}  // namespace rheo::ref

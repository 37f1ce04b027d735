// SPDX-License-Identifier: Apache-2.0
// Dimension i of y is dimension permutation[i] of x.
// Layout: plain. Dtypes: all. No limits.
// Tested by tests/kernels/ref/transpose_test.cpp.
#include "kernels/ref/indices.h"
#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"
#include "op/shape_ops.h"

namespace rheo::ref {
namespace {

class Transpose {
 public:
  explicit Transpose(const KernelRequest& request) : y_(*request.outputs[0].type) {
    const Strides x_strides = dense_strides(request.inputs[0].type->shape);
    const TransposeSettings settings = TransposeSettings::from(*request.attributes);
    for (std::size_t i = 0; i < y_.shape.rank(); ++i) from_.strides[i] = x_strides[settings.permutation[i]];
  }

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    copy_elements(size_bytes(y_.dtype), y_.shape, inputs[0], from_, outputs[0], {0, dense_strides(y_.shape)});
  }

 private:
  const TensorType y_;
  Place from_;  // strides of x in the order of y's dimensions
};

}  // namespace

MadeKernel make_transpose(const KernelRequest& request) { return make_plain<Transpose>(request); }

}  // namespace rheo::ref

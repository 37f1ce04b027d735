// SPDX-License-Identifier: Apache-2.0
// y[..., i, ...] = x[..., start + i * step, ...] along one axis.
// Layout: plain. Dtypes: all. No limits.
// Tested by tests/kernels/ref/slice_test.cpp.
#include "kernels/ref/indices.h"
#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"
#include "op/shape_ops.h"

namespace rheo::ref {
namespace {

class Slice {
 public:
  explicit Slice(const KernelRequest& request)
      : y_(*request.outputs[0].type), from_{.offset = 0, .strides = dense_strides(request.inputs[0].type->shape)} {
    const SliceSettings settings = SliceSettings::from(*request.attributes, request.inputs[0].type->shape);
    from_.offset = settings.start * from_.strides[settings.axis];
    from_.strides[settings.axis] *= settings.step;
  }

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    copy_elements(size_bytes(y_.dtype), y_.shape, inputs[0], from_, outputs[0], {0, dense_strides(y_.shape)});
  }

 private:
  const TensorType y_;
  Place from_;
};

}  // namespace

MadeKernel make_slice(const KernelRequest& request) { return make_plain<Slice>(request); }

}  // namespace rheo::ref

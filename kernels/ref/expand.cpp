// SPDX-License-Identifier: Apache-2.0
// y = x broadcast to a larger shape. Layout: plain. Dtypes: all. No limits.
// Tested by tests/kernels/ref/expand_test.cpp.
#include "kernels/ref/indices.h"
#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"

namespace rheo::ref {
namespace {

class Expand {
 public:
  explicit Expand(const KernelRequest& request) : x_(*request.inputs[0].type), y_(*request.outputs[0].type) {}

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    copy_elements(size_bytes(y_.dtype), y_.shape, inputs[0], {0, broadcast_strides(x_.shape, y_.shape)}, outputs[0],
                  {0, dense_strides(y_.shape)});
  }

 private:
  const TensorType x_;
  const TensorType y_;
};

}  // namespace

MadeKernel make_expand(const KernelRequest& request) { return make_plain<Expand>(request); }

}  // namespace rheo::ref

// SPDX-License-Identifier: Apache-2.0
// y[n, c, h * block + r, w * block + s] = x[n, k, h, w] with k = (r * block + s) * channels of y + c in mode dcr,
// k = (c * block + r) * block + s in crd. Layout: plain. Dtypes: all. No limits.
// Tested by tests/kernels/ref/depth_to_space_test.cpp.
#include "kernels/ref/indices.h"
#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"
#include "op/rearranging.h"

namespace rheo::ref {
namespace {

class DepthToSpace {
 public:
  explicit DepthToSpace(const KernelRequest& request)
      : x_(*request.inputs[0].type),
        y_(*request.outputs[0].type),
        settings_(BlockSettings::from(*request.attributes)) {}

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    const std::int64_t block = settings_.block;
    const Strides from = dense_strides(x_.shape);
    const Strides to = dense_strides(y_.shape);
    const std::int64_t channels = y_.shape[1];
    // Dimensions: batch, c, h, r, w, s.
    const Shape shape{x_.shape[0], channels, x_.shape[2], block, x_.shape[3], block};
    const std::int64_t c = settings_.is_crd ? block * block : 1;
    const std::int64_t s = settings_.is_crd ? 1 : channels;
    copy_elements(size_bytes(x_.dtype), shape, inputs[0],
                  {0, {from[0], c * from[1], from[2], s * block * from[1], from[3], s * from[1]}}, outputs[0],
                  {0, {to[0], to[1], block * to[2], to[2], block * to[3], to[3]}});
  }

 private:
  const TensorType x_;
  const TensorType y_;
  const BlockSettings settings_;
};

}  // namespace

MadeKernel make_depth_to_space(const KernelRequest& request) { return make_plain<DepthToSpace>(request); }

}  // namespace rheo::ref

// SPDX-License-Identifier: Apache-2.0
// y[n, k, h, w] = x[n, c, h * block + r, w * block + s] with k = (r * block + s) * channels of x + c in mode dcr,
// k = (c * block + r) * block + s in crd. Layout: plain. Dtypes: all. No limits.
// Tested by tests/kernels/ref/space_to_depth_test.cpp.
#include "kernels/ref/indices.h"
#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"
#include "op/rearranging.h"

namespace rheo::ref {
namespace {

class SpaceToDepth {
 public:
  explicit SpaceToDepth(const KernelRequest& request)
      : x_(*request.inputs[0].type),
        y_(*request.outputs[0].type),
        settings_(BlockSettings::from(*request.attributes)) {}

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    const std::int64_t block = settings_.block;
    const Strides from = dense_strides(x_.shape);
    const Strides to = dense_strides(y_.shape);
    const std::int64_t channels = x_.shape[1];
    // Dimensions: batch, c, h, r, w, s.
    const Shape shape{x_.shape[0], channels, y_.shape[2], block, y_.shape[3], block};
    const std::int64_t c = settings_.is_crd ? block * block : 1;
    const std::int64_t s = settings_.is_crd ? 1 : channels;
    copy_elements(size_bytes(x_.dtype), shape, inputs[0],
                  {0, {from[0], from[1], block * from[2], from[2], block * from[3], from[3]}}, outputs[0],
                  {0, {to[0], c * to[1], to[2], s * block * to[1], to[3], s * to[1]}});
  }

 private:
  const TensorType x_;
  const TensorType y_;
  const BlockSettings settings_;
};

}  // namespace

MadeKernel make_space_to_depth(const KernelRequest& request) { return make_plain<SpaceToDepth>(request); }

}  // namespace rheo::ref

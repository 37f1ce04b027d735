// SPDX-License-Identifier: Apache-2.0
// y[n,c,...] = (x[n,c,...] - mean[c]) / sqrt(variance[c] + epsilon) * scale[c] + shift[c].
// Layout: plain, any rank from 2. Dtypes: x and y f32 or bf16, parameters f32. No limits.
// Tested by tests/kernels/ref/batch_norm_test.cpp.
#include <cmath>

#include "kernels/ref/elements.h"
#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"
#include "op/normalisation.h"

namespace rheo::ref {
namespace {

class BatchNorm {
 public:
  explicit BatchNorm(const KernelRequest& request)
      : x_(*request.inputs[0].type),
        parameter_(*request.inputs[1].type),
        epsilon_(BatchNormSettings::from(*request.attributes).epsilon) {}

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    const ElementReader x(x_, inputs[0]);
    const ElementReader scale(parameter_, inputs[1]);
    const ElementReader shift(parameter_, inputs[2]);
    const ElementReader mean(parameter_, inputs[3]);
    const ElementReader variance(parameter_, inputs[4]);
    const ElementWriter y(x_, outputs[0]);
    const std::int64_t channels = x_.shape[1];
    const std::int64_t inner = Shape(x_.shape.dims().subspan(2)).elements();
    const std::int64_t elements = x_.shape.elements();
    for (std::int64_t i = 0; i < elements; ++i) {
      const std::int64_t c = i / inner % channels;
      const double normal = (x.real(i) - mean.real(c)) / std::sqrt(variance.real(c) + epsilon_);
      y.set_real(i, normal * scale.real(c) + shift.real(c));
    }
  }

 private:
  const TensorType x_;          // [batch, channels, ...]
  const TensorType parameter_;  // [channels], all four
  const double epsilon_;
};

}  // namespace

MadeKernel make_batch_norm(const KernelRequest& request) { return make_plain<BatchNorm>(request); }

}  // namespace rheo::ref

// SPDX-License-Identifier: Apache-2.0
// y = x / sqrt(mean of x^2 + epsilon) * scale over the last `axes` dimensions together.
// Layout: plain. Dtypes: x and y f32 or bf16, scale f32, which may be absent. No limits.
// Tested by tests/kernels/ref/rms_norm_test.cpp.
#include <cmath>

#include "kernels/ref/elements.h"
#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"
#include "op/normalisation.h"

namespace rheo::ref {
namespace {

class RmsNorm {
 public:
  explicit RmsNorm(const KernelRequest& request)
      : x_(*request.inputs[0].type), settings_(RmsNormSettings::from(*request.attributes)) {}

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    const ElementReader x(x_, inputs[0]);
    const void* scale_address = inputs.size() > 1 ? inputs[1] : nullptr;
    const ElementReader scale(parameter_, scale_address);
    const ElementWriter y(x_, outputs[0]);
    const std::int64_t count = Shape(x_.shape.dims().last(settings_.axes)).elements();
    const std::int64_t elements = x_.shape.elements();
    for (std::int64_t begin = 0; begin < elements; begin += count) {
      double square = 0;
      for (std::int64_t i = 0; i < count; ++i)
        square += x.real(begin + i) * x.real(begin + i) / static_cast<double>(count);
      for (std::int64_t i = 0; i < count; ++i) {
        const double value = x.real(begin + i) / std::sqrt(square + settings_.epsilon);
        y.set_real(begin + i, scale_address == nullptr ? value : value * scale.real(i));
      }
    }
  }

 private:
  const TensorType x_;
  const TensorType parameter_;  // f32; the reader needs no shape
  const RmsNormSettings settings_;
};

}  // namespace

MadeKernel make_rms_norm(const KernelRequest& request) { return make_plain<RmsNorm>(request); }

}  // namespace rheo::ref

// SPDX-License-Identifier: Apache-2.0
// y = (x - mean) / sqrt(variance + epsilon) * scale + shift over the last `axes` dimensions together; the variance is
// that of the population (divided by the count).
// Layout: plain. Dtypes: x and y f32 or bf16, scale and shift f32, each may be absent. No limits.
// Tested by tests/kernels/ref/layer_norm_test.cpp.
#include <cmath>

#include "kernels/ref/elements.h"
#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"
#include "op/normalisation.h"

namespace rheo::ref {
namespace {

class LayerNorm {
 public:
  explicit LayerNorm(const KernelRequest& request)
      : x_(*request.inputs[0].type), settings_(LayerNormSettings::from(*request.attributes)) {}

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    const ElementReader x(x_, inputs[0]);
    const void* scale_address = inputs.size() > 1 ? inputs[1] : nullptr;
    const void* shift_address = inputs.size() > 2 ? inputs[2] : nullptr;
    const ElementReader scale(parameter_, scale_address);
    const ElementReader shift(parameter_, shift_address);
    const ElementWriter y(x_, outputs[0]);
    const std::int64_t count = Shape(x_.shape.dims().last(settings_.axes)).elements();
    const std::int64_t elements = x_.shape.elements();
    for (std::int64_t begin = 0; begin < elements; begin += count) {
      double mean = 0;
      for (std::int64_t i = 0; i < count; ++i) mean += x.real(begin + i) / static_cast<double>(count);
      double variance = 0;
      for (std::int64_t i = 0; i < count; ++i)
        variance += (x.real(begin + i) - mean) * (x.real(begin + i) - mean) / static_cast<double>(count);
      for (std::int64_t i = 0; i < count; ++i) {
        double value = (x.real(begin + i) - mean) / std::sqrt(variance + settings_.epsilon);
        if (scale_address != nullptr) value *= scale.real(i);
        if (shift_address != nullptr) value += shift.real(i);
        y.set_real(begin + i, value);
      }
    }
  }

 private:
  const TensorType x_;
  const TensorType parameter_;  // f32; the readers need no shape
  const LayerNormSettings settings_;
};

}  // namespace

MadeKernel make_layer_norm(const KernelRequest& request) { return make_plain<LayerNorm>(request); }

}  // namespace rheo::ref

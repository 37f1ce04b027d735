// SPDX-License-Identifier: Apache-2.0
// y = (x - mean) / sqrt(variance + epsilon) * scale[c] + shift[c], with mean and variance of each group of neighbouring
// channels and all that lies behind them.
// Layout: plain, any rank from 2. Dtypes: x and y f32 or bf16, scale and shift f32, each may be absent. No limits.
// Tested by tests/kernels/ref/group_norm_test.cpp.
#include <cmath>

#include "kernels/ref/elements.h"
#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"
#include "op/normalisation.h"

namespace rheo::ref {
namespace {

class GroupNorm {
 public:
  explicit GroupNorm(const KernelRequest& request)
      : x_(*request.inputs[0].type), settings_(GroupNormSettings::from(*request.attributes)) {}

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    const ElementReader x(x_, inputs[0]);
    const void* scale_address = inputs.size() > 1 ? inputs[1] : nullptr;
    const void* shift_address = inputs.size() > 2 ? inputs[2] : nullptr;
    const ElementReader scale(parameter_, scale_address);
    const ElementReader shift(parameter_, shift_address);
    const ElementWriter y(x_, outputs[0]);
    const std::int64_t inner = Shape(x_.shape.dims().subspan(2)).elements();
    const std::int64_t count = x_.shape[1] / settings_.groups * inner;
    const std::int64_t elements = x_.shape.elements();
    for (std::int64_t begin = 0; begin < elements; begin += count) {
      double mean = 0;
      for (std::int64_t i = 0; i < count; ++i) mean += x.real(begin + i) / static_cast<double>(count);
      double variance = 0;
      for (std::int64_t i = 0; i < count; ++i)
        variance += (x.real(begin + i) - mean) * (x.real(begin + i) - mean) / static_cast<double>(count);
      for (std::int64_t i = begin; i < begin + count; ++i) {
        const std::int64_t channel = i / inner % x_.shape[1];
        double value = (x.real(i) - mean) / std::sqrt(variance + settings_.epsilon);
        if (scale_address != nullptr) value *= scale.real(channel);
        if (shift_address != nullptr) value += shift.real(channel);
        y.set_real(i, value);
      }
    }
  }

 private:
  const TensorType x_;          // [batch, channels, ...]
  const TensorType parameter_;  // f32; the readers need no shape
  const GroupNormSettings settings_;
};

}  // namespace

MadeKernel make_group_norm(const KernelRequest& request) { return make_plain<GroupNorm>(request); }

}  // namespace rheo::ref

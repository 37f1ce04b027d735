// SPDX-License-Identifier: Apache-2.0
// Along one axis: y = x / sum of |x|, or x / sqrt(sum of x^2); 0 where the sum is 0.
// Layout: plain. Dtypes: f32, bf16. No limits.
// Tested by tests/kernels/ref/lp_normalize_test.cpp.
#include "op/lp_normalize.h"

#include <cmath>

#include "kernels/ref/elements.h"
#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"

namespace rheo::ref {
namespace {

class LpNormalize {
 public:
  explicit LpNormalize(const KernelRequest& request)
      : x_(*request.inputs[0].type), settings_(LpNormalizeSettings::from(*request.attributes, x_.shape.rank())) {}

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    const ElementReader x(x_, inputs[0]);
    const ElementWriter y(x_, outputs[0]);
    const std::int64_t size = x_.shape[settings_.axis];
    const std::int64_t stride = Shape(x_.shape.dims().subspan(settings_.axis + 1)).elements();
    const std::int64_t outer = Shape(x_.shape.dims().first(settings_.axis)).elements();
    for (std::int64_t o = 0; o < outer; ++o)
      for (std::int64_t inner = 0; inner < stride; ++inner) row(x, y, o * size * stride + inner, size, stride);
  }

 private:
  void row(const ElementReader& x, const ElementWriter& y, std::int64_t begin, std::int64_t size,
           std::int64_t stride) const {
    double sum = 0;
    for (std::int64_t i = 0; i < size; ++i) {
      const double value = x.real(begin + i * stride);
      sum += settings_.p == 1 ? std::abs(value) : value * value;
    }
    const double norm = settings_.p == 1 ? sum : std::sqrt(sum);
    for (std::int64_t i = 0; i < size; ++i)
      y.set_real(begin + i * stride, norm == 0 ? 0 : x.real(begin + i * stride) / norm);
  }

  const TensorType x_;
  const LpNormalizeSettings settings_;
};

}  // namespace

MadeKernel make_lp_normalize(const KernelRequest& request) { return make_plain<LpNormalize>(request); }

}  // namespace rheo::ref

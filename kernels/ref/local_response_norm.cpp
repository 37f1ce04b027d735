// SPDX-License-Identifier: Apache-2.0
// y[n,c,...] = x[n,c,...] / (bias + alpha / size * sum of x[n,k,...]^2 over k in the window around c)^beta.
// Layout: plain, any rank from 2. Dtypes: f32, bf16. No limits.
// Tested by tests/kernels/ref/local_response_norm_test.cpp.
#include "op/local_response_norm.h"

#include <algorithm>
#include <cmath>

#include "kernels/ref/elements.h"
#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"

namespace rheo::ref {
namespace {

class LocalResponseNorm {
 public:
  explicit LocalResponseNorm(const KernelRequest& request)
      : x_(*request.inputs[0].type), settings_(LocalResponseNormSettings::from(*request.attributes)) {}

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    const ElementReader x(x_, inputs[0]);
    const ElementWriter y(x_, outputs[0]);
    const std::int64_t channels = x_.shape[1];
    const std::int64_t inner = Shape(x_.shape.dims().subspan(2)).elements();
    const std::int64_t elements = x_.shape.elements();
    for (std::int64_t i = 0; i < elements; ++i) {
      const std::int64_t channel = i / inner % channels;
      const std::int64_t first = std::max<std::int64_t>(0, channel - settings_.before());
      const std::int64_t last = std::min(channels - 1, channel + settings_.after());
      double squares = 0;
      for (std::int64_t k = first; k <= last; ++k) {
        const double value = x.real(i + (k - channel) * inner);
        squares += value * value;
      }
      const double base = settings_.bias + settings_.alpha / static_cast<double>(settings_.size) * squares;
      y.set_real(i, x.real(i) / std::pow(base, settings_.beta));
    }
  }

 private:
  const TensorType x_;  // [batch, channels, ...]
  const LocalResponseNormSettings settings_;
};

}  // namespace

MadeKernel make_local_response_norm(const KernelRequest& request) { return make_plain<LocalResponseNorm>(request); }

}  // namespace rheo::ref

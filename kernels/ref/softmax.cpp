// SPDX-License-Identifier: Apache-2.0
// Along one axis, m = max x: softmax y = e^(x - m) / sum e^(x - m); log_softmax y = x - m - ln sum e^(x - m).
// Layout: plain. Dtypes: f32, bf16. Large logits do not overflow; one NaN or +inf, or only -inf, makes the whole row
// NaN, so that nobody mistakes it for a confident answer. No limits.
// Tested by tests/kernels/ref/softmax_test.cpp.
#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/ref/elements.h"
#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"
#include "op/softmax.h"

namespace rheo::ref {
namespace {

class Softmax {
 public:
  explicit Softmax(const KernelRequest& request)
      : x_(*request.inputs[0].type),
        axis_(SoftmaxSettings::from(*request.attributes, x_.shape.rank()).axis),
        is_log_(request.op == OpKind::log_softmax) {}

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    const ElementReader x(x_, inputs[0]);
    const ElementWriter y(x_, outputs[0]);
    const std::int64_t size = x_.shape[axis_];
    const std::int64_t stride = Shape(x_.shape.dims().subspan(axis_ + 1)).elements();
    const std::int64_t outer = Shape(x_.shape.dims().first(axis_)).elements();
    for (std::int64_t o = 0; o < outer; ++o)
      for (std::int64_t inner = 0; inner < stride; ++inner) row(x, y, o * size * stride + inner, size, stride);
  }

 private:
  void row(const ElementReader& x, const ElementWriter& y, std::int64_t begin, std::int64_t size,
           std::int64_t stride) const {
    double largest = -std::numeric_limits<double>::infinity();
    for (std::int64_t i = 0; i < size; ++i) largest = std::max(largest, x.real(begin + i * stride));
    double sum = 0;
    for (std::int64_t i = 0; i < size; ++i) sum += std::exp(x.real(begin + i * stride) - largest);
    for (std::int64_t i = 0; i < size; ++i) {
      const double shifted = x.real(begin + i * stride) - largest;
      y.set_real(begin + i * stride, is_log_ ? shifted - std::log(sum) : std::exp(shifted) / sum);
    }
  }

  const TensorType x_;
  const std::size_t axis_;
  const bool is_log_;
};

}  // namespace

MadeKernel make_softmax(const KernelRequest& request) { return make_plain<Softmax>(request); }

}  // namespace rheo::ref

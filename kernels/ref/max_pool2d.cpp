// SPDX-License-Identifier: Apache-2.0
// y[n,c,i,j] = the largest x[n, c, i*sh - top + k*dh, j*sw - left + l*dw] that lies inside x.
// Layout: plain. Dtypes: f32, bf16, u8, i8; dtype and scale stay. A NaN in the window is its largest value. A dilated
// window that meets padding only gives the lowest value of the dtype. No limits.
// Tested by tests/kernels/ref/max_pool2d_test.cpp.
#include <cmath>
#include <limits>

#include "kernels/ref/elements.h"
#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"
#include "op/pooling.h"

namespace rheo::ref {
namespace {

class MaxPool2d {
 public:
  explicit MaxPool2d(const KernelRequest& request)
      : x_(*request.inputs[0].type),
        y_(*request.outputs[0].type),
        window_(MaxPool2dSettings::from(*request.attributes).window) {}

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    const ElementReader x(x_, inputs[0]);
    const ElementWriter y(y_, outputs[0]);
    std::int64_t out = 0;
    for (std::int64_t picture = 0; picture < y_.shape[0] * y_.shape[1]; ++picture)
      for (std::int64_t i = 0; i < y_.shape[2]; ++i)
        for (std::int64_t j = 0; j < y_.shape[3]; ++j) y.set_real(out++, largest(x, picture, i, j));
  }

 private:
  double largest(const ElementReader& x, std::int64_t picture, std::int64_t i, std::int64_t j) const {
    double best = -std::numeric_limits<double>::infinity();
    for (std::int64_t k = 0; k < window_.kernel[0]; ++k) {
      const std::int64_t h = i * window_.strides[0] - window_.pads_begin[0] + k * window_.dilations[0];
      if (h < 0 || h >= x_.shape[2]) continue;
      for (std::int64_t l = 0; l < window_.kernel[1]; ++l) {
        const std::int64_t w = j * window_.strides[1] - window_.pads_begin[1] + l * window_.dilations[1];
        if (w < 0 || w >= x_.shape[3]) continue;
        const double value = x.real((picture * x_.shape[2] + h) * x_.shape[3] + w);
        if (value > best || std::isnan(value)) best = value;
      }
    }
    return best;
  }

  const TensorType x_;  // [batch, channels, height, width]
  const TensorType y_;
  const Window2d window_;
};

}  // namespace

MadeKernel make_max_pool2d(const KernelRequest& request) { return make_plain<MaxPool2d>(request); }

}  // namespace rheo::ref

// SPDX-License-Identifier: Apache-2.0
// y[n,o,i,j] = activation(sum over c,k,l of x[n, g*C/G + c, i*sh - top + k*dh, j*sw - left + l*dw] * w[o,c,k,l]
//              + bias[o] + residual[n,o,i,j]), g = the group of o; x is 0 outside.
// Layout: plain. Dtypes: f32, bf16, u8/i8/f32 x i8 as op/op.h says. Sums in double, exact for 8-bit values. No limits.
// Tested by tests/kernels/ref/conv2d_test.cpp.
#include "op/conv2d.h"
#include "kernels/ref/epilogue.h"
#include "kernels/ref/list.h"
#include "kernels/ref/product_input.h"
#include "kernels/ref/reference_kernel.h"

namespace rheo::ref {
namespace {

class Conv2d {
 public:
  explicit Conv2d(const KernelRequest& request)
      : x_(*request.inputs[0].type),
        weights_(*request.inputs[1].type),
        y_(request.outputs[0].type->shape),
        settings_(Conv2dSettings::from(*request.attributes, weights_.shape)),
        epilogue_(request, settings_.epilogue) {}

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    const ProductInput x(x_, weights_, inputs[0]);
    const std::int64_t picture = x_.shape[1] * x_.shape[2] * x_.shape[3];
    const ElementReader weights(weights_, inputs[1]);
    const ProductEpilogue::Bound epilogue(epilogue_, inputs, outputs);
    std::int64_t index = 0;
    for (std::int64_t n = 0; n < y_[0]; ++n)
      for (std::int64_t o = 0; o < y_[1]; ++o)
        for (std::int64_t i = 0; i < y_[2]; ++i)
          for (std::int64_t j = 0; j < y_[3]; ++j) {
            epilogue.finish(sum(x, weights, n, o, i, j) * x.found_scale(n * picture), o, index++);
          }
  }

 private:
  double sum(const ProductInput& x, const ElementReader& weights, std::int64_t n, std::int64_t o, std::int64_t i,
             std::int64_t j) const {
    const Window2d& window = settings_.window;
    const Shape& in = x_.shape;                    // [batch, channels, height, width]
    const std::int64_t depth = weights_.shape[1];  // input channels per group
    const std::int64_t first = o / (y_[1] / settings_.groups) * depth;
    double sum = 0;
    for (std::int64_t c = 0; c < depth; ++c) {
      for (std::int64_t k = 0; k < window.kernel[0]; ++k) {
        const std::int64_t h = i * window.strides[0] - window.pads_begin[0] + k * window.dilations[0];
        if (h < 0 || h >= in[2]) continue;
        for (std::int64_t l = 0; l < window.kernel[1]; ++l) {
          const std::int64_t w = j * window.strides[1] - window.pads_begin[1] + l * window.dilations[1];
          if (w < 0 || w >= in[3]) continue;
          sum += x.centred(((n * in[1] + first + c) * in[2] + h) * in[3] + w) *
                 weights.stored(((o * depth + c) * window.kernel[0] + k) * window.kernel[1] + l);
        }
      }
    }
    return sum;
  }

  const TensorType x_;
  const TensorType weights_;
  const Shape y_;
  const Conv2dSettings settings_;
  const ProductEpilogue epilogue_;
};

}  // namespace

MadeKernel make_conv2d(const KernelRequest& request) { return make_plain<Conv2d>(request); }

}  // namespace rheo::ref

// SPDX-License-Identifier: Apache-2.0
// y[n,o,i,j] = activation(sum over c,k,l of x[n, g*C/G + c, h, w] * weights[g*C/G + c, o - g*O/G, k, l] + bias[o]), g
// the group of o, for the h and w inside x with h*sh + k*dh = i + top and w*sw + l*dw = j + left.
// Layout: plain. Dtypes: f32, bf16. Sums in double. No limits.
// Tested by tests/kernels/ref/conv_transpose2d_test.cpp.
#include "op/conv_transpose2d.h"

#include "kernels/ref/epilogue.h"
#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"

namespace rheo::ref {
namespace {

class ConvTranspose2d {
 public:
  explicit ConvTranspose2d(const KernelRequest& request)
      : x_(*request.inputs[0].type),
        weights_(*request.inputs[1].type),
        y_(request.outputs[0].type->shape),
        settings_(ConvTranspose2dSettings::from(*request.attributes, weights_.shape)),
        epilogue_(request, settings_.epilogue) {}

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    const ElementReader x(x_, inputs[0]);
    const ElementReader weights(weights_, inputs[1]);
    const ProductEpilogue::Bound epilogue(epilogue_, inputs, outputs);
    std::int64_t index = 0;
    for (std::int64_t n = 0; n < y_[0]; ++n)
      for (std::int64_t o = 0; o < y_[1]; ++o)
        for (std::int64_t i = 0; i < y_[2]; ++i)
          for (std::int64_t j = 0; j < y_[3]; ++j) epilogue.finish(sum(x, weights, n, o, i, j), o, index++);
  }

 private:
  // The input row (or column) that kernel position `k` adds into result row `i`, or -1.
  std::int64_t source(std::size_t dim, std::int64_t i, std::int64_t k) const {
    const Window2d& window = settings_.window;
    const std::int64_t at = i + window.pads_begin[dim] - k * window.dilations[dim];
    const bool is_hit = at >= 0 && at % window.strides[dim] == 0 && at / window.strides[dim] < x_.shape[2 + dim];
    return is_hit ? at / window.strides[dim] : -1;
  }

  double sum(const ElementReader& x, const ElementReader& weights, std::int64_t n, std::int64_t o, std::int64_t i,
             std::int64_t j) const {
    const Window2d& window = settings_.window;
    const Shape& in = x_.shape;                           // [batch, channels, height, width]
    const std::int64_t group_out = weights_.shape[1];     // output channels per group
    const std::int64_t depth = in[1] / settings_.groups;  // input channels per group
    const std::int64_t first = o / group_out * depth;
    double sum = 0;
    for (std::int64_t k = 0; k < window.kernel[0]; ++k) {
      const std::int64_t h = source(0, i, k);
      for (std::int64_t l = 0; h >= 0 && l < window.kernel[1]; ++l) {
        const std::int64_t w = source(1, j, l);
        for (std::int64_t c = first; w >= 0 && c < first + depth; ++c) {
          sum += x.stored(((n * in[1] + c) * in[2] + h) * in[3] + w) *
                 weights.stored(((c * group_out + o % group_out) * window.kernel[0] + k) * window.kernel[1] + l);
        }
      }
    }
    return sum;
  }

  const TensorType x_;
  const TensorType weights_;
  const Shape y_;
  const ConvTranspose2dSettings settings_;
  const ProductEpilogue epilogue_;
};

}  // namespace

MadeKernel make_conv_transpose2d(const KernelRequest& request) { return make_plain<ConvTranspose2d>(request); }

}  // namespace rheo::ref

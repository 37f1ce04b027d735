// SPDX-License-Identifier: Apache-2.0
// y[..., o] = activation(sum over i of x[..., i] * w[o, i] + bias[o] + residual[..., o]).
// Layout: plain. Dtypes: f32, bf16, u8/i8/f32 x i8 as op/op.h says. Sums in double, exact for 8-bit values. No limits.
// Tested by tests/kernels/ref/linear_test.cpp.
#include "kernels/ref/epilogue.h"
#include "kernels/ref/list.h"
#include "kernels/ref/product_input.h"
#include "kernels/ref/reference_kernel.h"

namespace rheo::ref {
namespace {

class Linear {
 public:
  explicit Linear(const KernelRequest& request)
      : x_(*request.inputs[0].type),
        weights_(*request.inputs[1].type),
        rows_(x_.shape.elements() / weights_.shape[1]),
        epilogue_(request, Epilogue::from(*request.attributes)) {}

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    const ProductInput x(x_, weights_, inputs[0]);
    const ElementReader weights(weights_, inputs[1]);
    const ProductEpilogue::Bound epilogue(epilogue_, inputs, outputs);
    const std::int64_t out = weights_.shape[0];
    const std::int64_t in = weights_.shape[1];
    for (std::int64_t row = 0; row < rows_; ++row) {
      for (std::int64_t o = 0; o < out; ++o) {
        double sum = 0;
        for (std::int64_t i = 0; i < in; ++i) sum += x.centred(row * in + i) * weights.stored(o * in + i);
        epilogue.finish(sum * x.found_scale(row * in), o, row * out + o);
      }
    }
  }

 private:
  const TensorType x_;        // [..., in]
  const TensorType weights_;  // [out, in]
  const std::int64_t rows_;
  const ProductEpilogue epilogue_;
};

}  // namespace

MadeKernel make_linear(const KernelRequest& request) { return make_plain<Linear>(request); }

}  // namespace rheo::ref

// SPDX-License-Identifier: Apache-2.0
// y = saturate(round_half_even(x / scale) + zero point), NaN as 0.
// Layout: plain. Dtypes: f32 or bf16 to u8 or i8. No limits.
// Tested by tests/kernels/ref/quantize_test.cpp.
#include "kernels/ref/elements.h"
#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"

namespace rheo::ref {
namespace {

class Quantize {
 public:
  explicit Quantize(const KernelRequest& request) : x_(*request.inputs[0].type), y_(*request.outputs[0].type) {}

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    const ElementReader x(x_, inputs[0]);
    const ElementWriter y(y_, outputs[0]);
    const std::int64_t elements = x_.shape.elements();
    for (std::int64_t i = 0; i < elements; ++i) y.set_real(i, x.real(i));
  }

 private:
  const TensorType x_;
  const TensorType y_;
};

}  // namespace

MadeKernel make_quantize(const KernelRequest& request) { return make_plain<Quantize>(request); }

}  // namespace rheo::ref

// SPDX-License-Identifier: Apache-2.0
// y = scale * (x - zero point), with one scale, or one per index along an axis.
// Layout: plain. Dtypes: u8 or i8 to f32 or bf16. No limits.
// Tested by tests/kernels/ref/dequantize_test.cpp.
#include "kernels/ref/elements.h"
#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"

namespace rheo::ref {
namespace {

class Dequantize {
 public:
  explicit Dequantize(const KernelRequest& request) : x_(*request.inputs[0].type), y_(*request.outputs[0].type) {}

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    const ElementReader x(x_, inputs[0]);
    const ElementWriter y(y_, outputs[0]);
    const std::vector<float>& scales = x_.quantization.scales;
    const auto axis = static_cast<std::size_t>(x_.quantization.axis);
    const auto count = static_cast<std::int64_t>(scales.size());
    const std::int64_t inner = count == 1 ? 1 : Shape(x_.shape.dims().subspan(axis + 1)).elements();
    const std::int64_t elements = x_.shape.elements();
    for (std::int64_t i = 0; i < elements; ++i) {
      const auto scale = static_cast<double>(scales[static_cast<std::size_t>(i / inner % count)]);
      y.set_real(i, scale * x.centred(i));
    }
  }

 private:
  const TensorType x_;
  const TensorType y_;
};

}  // namespace

MadeKernel make_dequantize(const KernelRequest& request) { return make_plain<Dequantize>(request); }

}  // namespace rheo::ref

// SPDX-License-Identifier: Apache-2.0
// y = f(x) for the unary ops; the formulas are in op/activation.h.
// Layout: plain. Dtypes: f32, bf16; relu, relu6 and clamp also u8 and i8, in real units and back to the same scale;
// integers are sent to integer_unary.cpp. NaN stays NaN in float types. No limits.
// Tested by tests/kernels/ref/activation_test.cpp.
#include "kernels/ref/activation_function.h"
#include "kernels/ref/elements.h"
#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"

namespace rheo::ref {
namespace {

class Activation {
 public:
  explicit Activation(const KernelRequest& request)
      : x_(*request.inputs[0].type), settings_(ActivationSettings::alone(request.op, *request.attributes)) {}

  void run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    const ElementReader x(x_, inputs[0]);
    const ElementWriter y(x_, outputs[0]);
    const std::int64_t elements = x_.shape.elements();
    for (std::int64_t i = 0; i < elements; ++i) y.set_real(i, activate(settings_, x.real(i)));
  }

 private:
  const TensorType x_;
  const ActivationSettings settings_;
};

}  // namespace

MadeKernel make_activation(const KernelRequest& request) {
  const DType dtype = request.inputs[0].type->dtype;
  if (dtype == DType::i32 || dtype == DType::i64) return make_integer_unary(request);
  return make_plain<Activation>(request);
}

}  // namespace rheo::ref

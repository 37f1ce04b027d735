// SPDX-License-Identifier: Apache-2.0
// relu, relu6, hardswish, hardsigmoid, silu, gelu, sigmoid, tanh, clamp, leaky_relu and elu, element by element;
// formulas in op/activation.h. f32 and bf16; relu, relu6 and clamp also 8-bit. Any layout, in place. Limit: in nchw16c
// with a part-filled block only functions with f(0) = 0. Tested by tests/agree/kernels_ops_test.cpp.
#include "base/try.h"
#include "kernels/cpu/activation.h"
#include "kernels/cpu/broadcast.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/lanes/loops.h"
#include "kernels/cpu/refusal.h"

namespace rheo {

Result<std::unique_ptr<Kernel>> make_own_unary(const KernelRequest& request) {
  const TensorType& x = *request.inputs[0].type;
  if (!is_numeric(x.dtype) || x.dtype != request.outputs[0].type->dtype) {
    return refuse("No kernel for elements of " + std::string(name_of(x.dtype)) + ".");
  }
  RHEO_ASSIGN_OR_RETURN(const Activation activation, activation_of(request.op, *request.attributes));
  return make_flat_kernel(
      request, keeps_zero(activation) ? ZeroPadding::kept : ZeroPadding::lost,
      [activation, scale = scale_of(x), dtype = x.dtype, loop = loops_for(request.isa).activate](
          const std::byte* in, std::byte* out, std::int64_t count) { loop(in, out, dtype, scale, activation, count); });
}

}  // namespace rheo

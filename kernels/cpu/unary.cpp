// SPDX-License-Identifier: Apache-2.0
// relu, relu6, hardswish, hardsigmoid, silu, gelu, sigmoid, tanh and clamp, element by element; formulas in
// op/activation.h. f32 and bf16; relu, relu6 and clamp also 8-bit. Any layout, in place.
// Limit: in nchw16c with a part-filled block only functions with f(0) = 0. Tested by tests/agree/kernels_ops_test.cpp.
#include "base/try.h"
#include "kernels/cpu/activation.h"
#include "kernels/cpu/convert_layout.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/loop_kernel.h"
#include "kernels/cpu/refusal.h"

namespace rheo {

Result<std::unique_ptr<Kernel>> make_own_unary(const KernelRequest& request) {
  const Operand& x = request.inputs[0];
  const Placement placement = placement_of(x.type->shape, x.layout);
  if (!is_numeric(x.type->dtype) || x.type->dtype != request.outputs[0].type->dtype) {
    return refuse("No kernel for elements of " + std::string(name_of(x.type->dtype)) + ".");
  }
  if (placement.layout != placement_of(x.type->shape, request.outputs[0].layout).layout) {
    return refuse("Input and output differ in layout.");
  }
  RHEO_ASSIGN_OR_RETURN(const Activation activation, activation_of(request.op, *request.attributes));
  if (placement.layout == Layout::nchw16c && placement.channels % 16 != 0 && !keeps_zero(activation)) {
    return refuse("The padding of nchw16c would not stay zero.");
  }
  const float scale = scale_of(*x.type);
  return make_loop_kernel({.implementation = loops_name(request.isa), .in_place_input = 0},
                          [activation, scale, dtype = x.type->dtype, count = stored_elements(placement),
                           loops = &loops_for(request.isa)](const Buffers& buffers) {
                            loops->activate(buffers.inputs[0], buffers.outputs[0], dtype, scale, activation, count);
                          });
}

}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// hardswish, gelu, sigmoid and tanh by oneDNN; formulas in op/activation.h. f32 and bf16, any layout, in place, on one
// thread. Limit: in nchw16c with a part-filled block only functions with f(0) = 0.
// Not listed are relu, relu6 and clamp, where oneDNN turns a NaN into a number, and silu, where it never won.
//
// Tested by tests/agree/kernels_ops_test.cpp.
#include "base/try.h"
#include "kernels/cpu/convert_layout.h"
#include "kernels/cpu/dnnl/primitive_kernel.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/refusal.h"

namespace rheo {

Result<std::unique_ptr<Kernel>> make_dnnl_unary(const KernelRequest& request) {
  const Operand& x = request.inputs[0];
  const DType dtype = x.type->dtype;
  const Placement placement = placement_of(x.type->shape, x.layout);
  if ((dtype != DType::f32 && dtype != DType::bf16) || dtype != request.outputs[0].type->dtype) {
    return refuse("oneDNN's functions are for f32 and bf16 here.");
  }
  if (placement.layout != placement_of(x.type->shape, request.outputs[0].layout).layout) {
    return refuse("Input and output differ in layout.");
  }
  if (x.type->shape.elements() == 0) return refuse("There are no elements.");
  RHEO_ASSIGN_OR_RETURN(const Activation activation, activation_of(request.op, *request.attributes));
  if (placement.layout == Layout::nchw16c && placement.channels % 16 != 0 && !keeps_zero(activation)) {
    return refuse("The padding of nchw16c would not stay zero.");
  }
  RHEO_RETURN_IF_ERROR(onednn::check_isa(request.isa));
  return onednn::guarded([&]() -> Result<std::unique_ptr<Kernel>> {
    const dnnl::engine engine = onednn::cpu_engine();
    RHEO_ASSIGN_OR_RETURN(onednn::Elementwise wanted, onednn::elementwise_of(activation));
    wanted.x = onednn::describe({stored_elements(placement)}, dtype, Layout::plain);
    onednn::Part part;
    RHEO_ASSIGN_OR_RETURN(part.prepared, onednn::prepare(engine, wanted, onednn::with_own_scratch()));
    part.arguments = {onednn::Argument::input(DNNL_ARG_SRC, wanted.x, 0),
                      onednn::Argument::output(DNNL_ARG_DST, wanted.x)};
    return onednn::make_primitive_kernel(engine, {std::move(part)}, {.in_place_input = 0});
  });
}

}  // namespace rheo

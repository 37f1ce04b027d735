// SPDX-License-Identifier: Apache-2.0
// add, sub, mul and div by oneDNN, broadcast like NumPy. f32 and bf16, plain and nhwc, on one thread.
// Limits: the first operand has the shape of the result. Tested by tests/agree/kernels_ops_test.cpp.
#include "base/try.h"
#include "kernels/cpu/conv2d_shape.h"
#include "kernels/cpu/dnnl/primitive_kernel.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/refusal.h"

namespace rheo {
namespace {

dnnl::algorithm algorithm_of(OpKind op) {
  if (op == OpKind::sub) return dnnl::algorithm::binary_sub;
  if (op == OpKind::mul) return dnnl::algorithm::binary_mul;
  return op == OpKind::div ? dnnl::algorithm::binary_div : dnnl::algorithm::binary_add;
}

}  // namespace

Result<std::unique_ptr<Kernel>> make_dnnl_arithmetic(const KernelRequest& request) {
  const Operand& a = request.inputs[0];
  const Operand& b = request.inputs[1];
  const Operand& y = request.outputs[0];
  const Shape& shape = y.type->shape;
  const DType dtype = y.type->dtype;
  if ((dtype != DType::f32 && dtype != DType::bf16) || a.type->dtype != dtype || b.type->dtype != dtype) {
    return refuse("oneDNN's arithmetic is for f32 and bf16 here.");
  }
  if (a.type->shape != shape || shape.rank() == 0 || shape.elements() == 0) {
    return refuse("The first operand does not have the shape of the result, or there are no elements.");
  }
  const bool lie_alike = b.type->shape.rank() < 4 || same_bytes(b.type->shape, b.layout, y.layout);
  if (a.layout != y.layout || !lie_alike || y.layout == Layout::nchw16c) {
    return refuse("The operands differ in layout, or are in blocks.");
  }
  RHEO_RETURN_IF_ERROR(onednn::check_isa(request.isa));
  return onednn::guarded([&]() -> Result<std::unique_ptr<Kernel>> {
    const dnnl::engine engine = onednn::cpu_engine();
    const onednn::Arithmetic wanted = {
        .algorithm = algorithm_of(request.op),
        .a = onednn::describe(shape, dtype, y.layout),
        // Of fewer dimensions than a picture it is plain, which a picture of one channel or one pixel is too.
        .b = onednn::describe(onednn::widened(b.type->shape, shape.rank()), dtype, b.layout),
        .y = onednn::describe(shape, dtype, y.layout)};
    onednn::Part part;
    RHEO_ASSIGN_OR_RETURN(part.prepared, onednn::prepare(engine, wanted, onednn::with_own_scratch()));
    part.arguments = {onednn::Argument::input(DNNL_ARG_SRC_0, wanted.a, 0),
                      onednn::Argument::input(DNNL_ARG_SRC_1, wanted.b, 1),
                      onednn::Argument::output(DNNL_ARG_DST, wanted.y)};
    return onednn::make_primitive_kernel(engine, {std::move(part)}, {.in_place_input = a.constant == nullptr ? 0 : -1});
  });
}

}  // namespace rheo

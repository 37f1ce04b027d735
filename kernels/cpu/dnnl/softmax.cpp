// SPDX-License-Identifier: Apache-2.0
// softmax and log_softmax by oneDNN, f32 and bf16, plain and nhwc, in place, on one thread.
// Limits: only along an axis that is innermost in memory. Tested by tests/agree/kernels_rows_test.cpp.
#include "op/softmax.h"

#include "base/try.h"
#include "kernels/cpu/dnnl/primitive_kernel.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/refusal.h"
#include "kernels/cpu/strided.h"

namespace rheo {

Result<std::unique_ptr<Kernel>> make_dnnl_softmax(const KernelRequest& request) {
  const Operand& x = request.inputs[0];
  const Shape& shape = x.type->shape;
  const DType dtype = x.type->dtype;
  if (dtype != DType::f32 && dtype != DType::bf16) return refuse("Softmax works on f32 and bf16.");
  if (x.layout != request.outputs[0].layout || x.layout == Layout::nchw16c) {
    return refuse("Softmax keeps the layout, plain or nhwc.");
  }
  if (shape.rank() == 0 || shape.elements() == 0) return refuse("There is no axis with elements.");
  const std::size_t axis = SoftmaxSettings::from(*request.attributes, shape.rank()).axis;
  if (strides_of(shape, x.layout)[axis] != 1) return refuse("oneDNN is fast along the innermost axis only.");
  RHEO_RETURN_IF_ERROR(onednn::check_isa(request.isa));
  return onednn::guarded([&]() -> Result<std::unique_ptr<Kernel>> {
    const dnnl::engine engine = onednn::cpu_engine();
    const Shape rows = {shape.elements() / shape[axis], shape[axis]};
    const onednn::Softmax wanted = {
        .is_log = request.op == OpKind::log_softmax, .x = onednn::describe(rows, dtype, Layout::plain), .axis = 1};
    onednn::Part part;
    RHEO_ASSIGN_OR_RETURN(part.prepared, onednn::prepare(engine, wanted, onednn::with_own_scratch()));
    part.arguments = {onednn::Argument::input(DNNL_ARG_SRC, wanted.x, 0),
                      onednn::Argument::output(DNNL_ARG_DST, wanted.x)};
    return onednn::make_primitive_kernel(engine, {std::move(part)}, {.in_place_input = 0});
  });
}

}  // namespace rheo

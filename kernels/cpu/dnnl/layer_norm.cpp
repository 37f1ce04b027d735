// SPDX-License-Identifier: Apache-2.0
// layer_norm by oneDNN: (x - mean) / sqrt(variance + epsilon) * scale + shift over the last dimensions.
// f32 and bf16, plain, in place, on one thread. Limit: squares are summed in f32, so rows with elements beyond about
// 1e19 come out as zeros. Tested by tests/agree/kernels_rows_test.cpp.
#include "base/try.h"
#include "kernels/cpu/dnnl/primitive_kernel.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/refusal.h"
#include "op/normalisation.h"

namespace rheo {

Result<std::unique_ptr<Kernel>> make_dnnl_layer_norm(const KernelRequest& request) {
  const Operand& x = request.inputs[0];
  const Shape& shape = x.type->shape;
  const DType dtype = x.type->dtype;
  if (dtype != DType::f32 && dtype != DType::bf16) return refuse("layer_norm works on f32 and bf16.");
  if (x.layout != Layout::plain || request.outputs[0].layout != Layout::plain) {
    return refuse("layer_norm works on plain values.");
  }
  if (shape.elements() == 0) return refuse("There are no elements.");
  RHEO_RETURN_IF_ERROR(onednn::check_isa(request.isa));
  const LayerNormSettings settings = LayerNormSettings::from(*request.attributes);
  std::int64_t count = 1;
  for (std::size_t i = 0; i < settings.axes && i < shape.rank(); ++i) count *= shape[shape.rank() - 1 - i];
  return onednn::guarded([&]() -> Result<std::unique_ptr<Kernel>> {
    const dnnl::engine engine = onednn::cpu_engine();
    const onednn::LayerNorm wanted = {.x = onednn::describe({shape.elements() / count, count}, dtype, Layout::plain),
                                      .epsilon = static_cast<float>(settings.epsilon),
                                      .has_scale = operand(request.inputs, 1) != nullptr,
                                      .has_shift = operand(request.inputs, 2) != nullptr};
    const dnnl::memory::desc parameters = onednn::describe({count}, DType::f32, Layout::plain);
    onednn::Part part;
    RHEO_ASSIGN_OR_RETURN(part.prepared, onednn::prepare(engine, wanted, onednn::with_own_scratch()));
    part.arguments = {onednn::Argument::input(DNNL_ARG_SRC, wanted.x, 0),
                      onednn::Argument::output(DNNL_ARG_DST, wanted.x)};
    if (wanted.has_scale) part.arguments.push_back(onednn::Argument::input(DNNL_ARG_SCALE, parameters, 1));
    if (wanted.has_shift) part.arguments.push_back(onednn::Argument::input(DNNL_ARG_SHIFT, parameters, 2));
    return onednn::make_primitive_kernel(engine, {std::move(part)}, {.in_place_input = 0});
  });
}

}  // namespace rheo

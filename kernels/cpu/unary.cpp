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
  RHEO_RETURN_IF_ERROR(check_sizes(request));
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
  const std::int64_t count = stored_elements(placement);
  LoopSettings settings = loop_settings(request);
  settings.in_place_input = 0;
  settings.parts = parts_of(count);
  return make_loop_kernel(
      std::move(settings), [activation, scale, dtype = x.type->dtype, count, loops = &loops_for(request.isa)](
                               const Buffers& buffers, std::int64_t begin, std::int64_t end) {
        const ElementRange range = elements_of(begin, end, count);
        const std::int64_t skipped = range.first * static_cast<std::int64_t>(size_bytes(dtype));
        loops->activate(static_cast<const std::byte*>(buffers.inputs[0]) + skipped,
                        static_cast<std::byte*>(buffers.outputs[0]) + skipped, dtype, scale, activation, range.count);
      });
}

}  // namespace rheo

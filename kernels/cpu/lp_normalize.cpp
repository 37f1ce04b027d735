// SPDX-License-Identifier: Apache-2.0
// lp_normalize: x / (sum of |x|^p)^(1/p) along one axis, p 1 or 2; 0 where the sum is 0. f32 and bf16, plain and nhwc,
// in place. Tested by tests/agree/kernels_norms_test.cpp.
#include "op/lp_normalize.h"

#include "kernels/cpu/entries.h"
#include "kernels/cpu/lanes/loops.h"
#include "kernels/cpu/loop_kernel.h"
#include "kernels/cpu/refusal.h"
#include "kernels/cpu/strided.h"

namespace rheo {

Result<std::unique_ptr<Kernel>> make_own_lp_normalize(const KernelRequest& request) {
  const Operand& x = request.inputs[0];
  const Shape& shape = x.type->shape;
  const DType dtype = x.type->dtype;
  if (dtype != DType::f32 && dtype != DType::bf16) return refuse("lp_normalize works on f32 and bf16.");
  if (x.layout != request.outputs[0].layout || x.layout == Layout::nchw16c)
    return refuse("lp_normalize keeps the layout, plain or nhwc.");
  if (shape.elements() == 0) return make_empty_kernel();
  const LpNormalizeSettings settings = LpNormalizeSettings::from(*request.attributes, shape.rank());
  LpCall call;
  call.dtype = dtype;
  call.squares = settings.p == 2;
  call.count = shape[settings.axis];
  call.stride = strides_of(shape, x.layout)[settings.axis];
  const std::int64_t slice = call.count * call.stride;
  LoopSettings loop = loop_settings(request);
  loop.in_place_input = 0;
  loop.parts = shape.elements() / slice;
  return make_loop_kernel(std::move(loop), [call, slice, loops = &loops_for(request.isa)](
                                               const Buffers& buffers, std::int64_t begin, std::int64_t end) {
    const std::int64_t bytes = slice * static_cast<std::int64_t>(size_bytes(call.dtype));
    const std::byte* in = static_cast<const std::byte*>(buffers.inputs[0]);
    std::byte* out = static_cast<std::byte*>(buffers.outputs[0]);
    for (std::int64_t i = begin; i < end; ++i) loops->lp_normalize(call, in + i * bytes, out + i * bytes);
  });
}

}  // namespace rheo

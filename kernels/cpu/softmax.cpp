// SPDX-License-Identifier: Apache-2.0
// softmax: e^(x - m) / sum of e^(x - m) along one axis, m the largest; log_softmax: x - m - log(sum). f32 and bf16,
// plain and nhwc. Tested by tests/agree/kernels_ops_test.cpp.
#include "op/softmax.h"

#include "kernels/cpu/entries.h"
#include "kernels/cpu/lanes/loops.h"
#include "kernels/cpu/loop_kernel.h"
#include "kernels/cpu/refusal.h"
#include "kernels/cpu/strided.h"

namespace rheo {

Result<std::unique_ptr<Kernel>> make_own_softmax(const KernelRequest& request) {
  const Operand& x = request.inputs[0];
  const Shape& shape = x.type->shape;
  const DType dtype = x.type->dtype;
  if (dtype != DType::f32 && dtype != DType::bf16) return refuse("Softmax works on f32 and bf16.");
  if (x.layout != request.outputs[0].layout || x.layout == Layout::nchw16c) {
    return refuse("Softmax keeps the layout, plain or nhwc.");
  }
  if (shape.rank() == 0) return refuse("A scalar has no axis.");
  if (shape.elements() == 0) return make_empty_kernel();
  const std::size_t axis = SoftmaxSettings::from(*request.attributes, shape.rank()).axis;
  SoftmaxCall call;
  call.dtype = dtype;
  call.is_log = request.op == OpKind::log_softmax;
  call.count = shape[axis];
  call.stride = strides_of(shape, x.layout)[axis];
  const std::int64_t slice = call.count * call.stride;
  LoopSettings settings = loop_settings(request);
  settings.in_place_input = 0;
  settings.parts = shape.elements() / slice;
  return make_loop_kernel(std::move(settings), [call, slice, loops = &loops_for(request.isa)](
                                                   const Buffers& buffers, std::int64_t begin, std::int64_t end) {
    const std::int64_t bytes = slice * static_cast<std::int64_t>(size_bytes(call.dtype));
    const std::byte* in = static_cast<const std::byte*>(buffers.inputs[0]);
    std::byte* out = static_cast<std::byte*>(buffers.outputs[0]);
    for (std::int64_t i = begin; i < end; ++i) {
      loops->softmax(call, in + i * bytes, out + i * bytes);
    }
  });
}

}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// slice: output index i along one axis is input index start + i * step. Any element type; plain and nhwc.
// Tested by tests/agree/kernels_ops_test.cpp.
#include "kernels/cpu/entries.h"
#include "kernels/cpu/loop_kernel.h"
#include "kernels/cpu/move.h"
#include "kernels/cpu/refusal.h"
#include "op/shape_ops.h"

namespace rheo {

Result<std::unique_ptr<Kernel>> make_own_slice(const KernelRequest& request) {
  const Operand& x = request.inputs[0];
  const Operand& y = request.outputs[0];
  if (x.layout == Layout::nchw16c || y.layout == Layout::nchw16c) return refuse("slice works on plain and nhwc.");
  if (y.type->shape.elements() == 0) return make_empty_kernel();
  const SliceSettings settings = SliceSettings::from(*request.attributes, x.type->shape);
  Shape source = strides_of(x.type->shape, x.layout);
  const std::int64_t first = settings.start * source[settings.axis];
  source[settings.axis] *= settings.step;
  const Walk walk = make_walk(y.type->shape, {strides_of(y.type->shape, y.layout), source, source});
  LoopSettings loop = loop_settings(request);
  loop.implementation = "own:copy";
  loop.parts = walk.runs();
  return make_loop_kernel(std::move(loop), [walk, first, size = size_bytes(x.type->dtype)](
                                               const Buffers& buffers, std::int64_t begin, std::int64_t end) {
    const std::int64_t skipped = first * static_cast<std::int64_t>(size);
    move_elements(walk, size, static_cast<const std::byte*>(buffers.inputs[0]) + skipped,
                  static_cast<std::byte*>(buffers.outputs[0]), begin, end);
  });
}

}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// transpose: dimension i of the output is dimension permutation[i] of the input. Any element type; plain and nhwc.
// Tested by tests/agree/kernels_ops_test.cpp.
#include "kernels/cpu/entries.h"
#include "kernels/cpu/loop_kernel.h"
#include "kernels/cpu/move.h"
#include "kernels/cpu/refusal.h"
#include "op/shape_ops.h"

namespace rheo {

Result<std::unique_ptr<Kernel>> make_own_transpose(const KernelRequest& request) {
  const Operand& x = request.inputs[0];
  const Operand& y = request.outputs[0];
  if (x.layout == Layout::nchw16c || y.layout == Layout::nchw16c) return refuse("transpose works on plain and nhwc.");
  if (y.type->shape.elements() == 0) return make_empty_kernel();
  const TransposeSettings settings = TransposeSettings::from(*request.attributes);
  const Shape own = strides_of(x.type->shape, x.layout);
  Shape source = own;
  for (std::size_t dim = 0; dim < own.rank(); ++dim) source[dim] = own[settings.permutation[dim]];
  const Walk walk = make_walk(y.type->shape, {strides_of(y.type->shape, y.layout), source, source});
  LoopSettings loop = loop_settings(request);
  loop.implementation = "own:copy";
  loop.parts = walk.runs();
  return make_loop_kernel(std::move(loop), [walk, size = size_bytes(x.type->dtype)](
                                               const Buffers& buffers, std::int64_t begin, std::int64_t end) {
    move_elements(walk, size, static_cast<const std::byte*>(buffers.inputs[0]),
                  static_cast<std::byte*>(buffers.outputs[0]), begin, end);
  });
}

}  // namespace rheo

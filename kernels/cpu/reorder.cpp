// SPDX-License-Identifier: Apache-2.0
// reorder: the same values in another layout: plain, nhwc and nchw16c pictures of f32, bf16, u8 and i8; of all other
// types plain and nhwc. Tested by tests/agree/kernels_ops_test.cpp.
#include <array>
#include <utility>

#include "base/try.h"
#include "kernels/cpu/convert_layout.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/loop_kernel.h"
#include "kernels/cpu/move.h"
#include "kernels/cpu/refusal.h"

namespace rheo {
namespace {

// Of types that the loops of convert_layout.h do not know: element by element.
Result<std::unique_ptr<Kernel>> make_moving_reorder(const KernelRequest& request) {
  const Operand& x = request.inputs[0];
  const Operand& y = request.outputs[0];
  if (x.layout == Layout::nchw16c || y.layout == Layout::nchw16c) return refuse("nchw16c is for f32, bf16, u8 and i8.");
  RHEO_RETURN_IF_ERROR(check_sizes(request));
  const Shape& shape = y.type->shape;
  const Shape from = strides_of(shape, x.layout);
  const Walk walk = make_walk(shape, {strides_of(shape, y.layout), from, from});
  LoopSettings settings = loop_settings(request);
  settings.parts = walk.runs();
  return make_loop_kernel(std::move(settings), [walk, size = size_bytes(y.type->dtype)](
                                                   const Buffers& buffers, std::int64_t begin, std::int64_t end) {
    move_elements(walk, size, static_cast<const std::byte*>(buffers.inputs[0]),
                  static_cast<std::byte*>(buffers.outputs[0]), begin, end);
  });
}

}  // namespace

Result<std::unique_ptr<Kernel>> make_own_reorder(const KernelRequest& request) {
  if (request.inputs[0].type->dtype != request.outputs[0].type->dtype) return refuse("A reorder keeps the type.");
  if (!is_numeric(request.inputs[0].type->dtype)) return make_moving_reorder(request);
  return make_conversion(request, 1.0F);
}

}  // namespace rheo

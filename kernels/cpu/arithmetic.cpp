// SPDX-License-Identifier: Apache-2.0
// add, sub, mul and div with NumPy's broadcasting; f32 and bf16; plain, nhwc, and nchw16c where both operands have the
// shape of the result. Limit: an operand that varies along the innermost dimension must be dense there.
// Tested by tests/agree/kernels_ops_test.cpp.
#include "base/try.h"
#include "kernels/cpu/convert_layout.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/lanes/loops.h"
#include "kernels/cpu/loop_kernel.h"
#include "kernels/cpu/refusal.h"
#include "kernels/cpu/strided.h"

namespace rheo {
namespace {

Arithmetic arithmetic_of(OpKind op) {
  switch (op) {
    case OpKind::sub: return Arithmetic::sub;
    case OpKind::mul: return Arithmetic::mul;
    case OpKind::div: return Arithmetic::div;
    default: return Arithmetic::add;
  }
}

// Strides of an operand along the output's dimensions; 0 where it is repeated.
Shape broadcast_strides(const Operand& operand, const Shape& output) {
  const Shape& shape = operand.type->shape;
  const Shape own = strides_of(shape, operand.layout);
  Shape strides = output;
  const std::size_t missing = output.rank() - shape.rank();
  for (std::size_t dim = 0; dim < output.rank(); ++dim) {
    strides[dim] = dim < missing || shape[dim - missing] == 1 ? 0 : own[dim - missing];
  }
  return strides;
}

Result<Walk> walk_of(const KernelRequest& request) {
  const Operand& a = request.inputs[0];
  const Operand& b = request.inputs[1];
  const Operand& y = request.outputs[0];
  const bool blocked = a.layout == Layout::nchw16c || b.layout == Layout::nchw16c || y.layout == Layout::nchw16c;
  if (blocked) {
    const bool same = a.layout == b.layout && a.layout == y.layout && a.type->shape == b.type->shape;
    const bool whole = y.type->shape.rank() == 4 && (y.type->shape[1] % 16 == 0 || request.op != OpKind::div);
    if (!same || !whole) return refuse("nchw16c needs two operands of the same shape and layout.");
    const Shape flat{stored_elements(placement_of(y.type->shape, y.layout))};
    return make_walk(flat, {Shape{1}, Shape{1}, Shape{1}});
  }
  const Shape& shape = y.type->shape;
  return make_walk(shape, {strides_of(shape, y.layout), broadcast_strides(a, shape), broadcast_strides(b, shape)});
}

}  // namespace

Result<std::unique_ptr<Kernel>> make_own_arithmetic(const KernelRequest& request) {
  const TensorType& y = *request.outputs[0].type;
  if (y.dtype != DType::f32 && y.dtype != DType::bf16) return refuse("Arithmetic works on f32 and bf16.");
  if (y.shape.elements() == 0) return make_empty_kernel();
  RHEO_RETURN_IF_ERROR(check_sizes(request));
  RHEO_ASSIGN_OR_RETURN(const Walk walk, walk_of(request));
  if (walk.inner_stride(1) > 1 || walk.inner_stride(2) > 1) {
    return refuse("An operand is not dense along the innermost dimension of the result.");
  }
  const bool in_place = request.inputs[0].type->shape == y.shape && request.inputs[0].constant == nullptr;
  LoopSettings settings = loop_settings(request);
  settings.in_place_input = in_place ? 0 : -1;
  // Many runs are split between runs, a single one within.
  const bool is_one_run = walk.runs() == 1;
  settings.parts = is_one_run ? parts_of(walk.inner_size()) : walk.runs();
  return make_loop_kernel(std::move(settings), [walk, is_one_run, op = arithmetic_of(request.op), dtype = y.dtype,
                                                loops = &loops_for(request.isa)](const Buffers& buffers,
                                                                                 std::int64_t begin, std::int64_t end) {
    const std::int64_t bytes = static_cast<std::int64_t>(size_bytes(dtype));
    const std::byte* a = static_cast<const std::byte*>(buffers.inputs[0]);
    const std::byte* b = static_cast<const std::byte*>(buffers.inputs[1]);
    std::byte* out = static_cast<std::byte*>(buffers.outputs[0]);
    const std::int64_t a_step = walk.inner_stride(1);
    const std::int64_t b_step = walk.inner_stride(2);
    if (is_one_run) {
      const auto [first, count] = elements_of(begin, end, walk.inner_size());
      loops->arithmetic(op, a + first * a_step * bytes, a_step, b + first * b_step * bytes, b_step, out + first * bytes,
                        dtype, count);
      return;
    }
    walk.for_each_run(begin, end, [&](const auto& at) {
      loops->arithmetic(op, a + at[1] * bytes, a_step, b + at[2] * bytes, b_step, out + at[0] * bytes, dtype,
                        walk.inner_size());
    });
  });
}

}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// matmul(a, b): [..., m, k] x [..., k, n] with broadcast leading dimensions. f32 and bf16 (summed in f32), plain.
// For operands that both come at run time; constant weights belong to linear, which packs them.
// Tested by tests/agree/kernels_ops_test.cpp.
#include <algorithm>

#include "kernels/cpu/entries.h"
#include "kernels/cpu/lanes/loops.h"
#include "kernels/cpu/loop_kernel.h"
#include "kernels/cpu/matmul_batches.h"
#include "kernels/cpu/refusal.h"

namespace rheo {
namespace {

constexpr std::int64_t kBlockRows = 24;  // of the result, computed together: whole tiles of every instruction set

}  // namespace

Result<std::unique_ptr<Kernel>> make_own_matmul(const KernelRequest& request) {
  const DType dtype = request.inputs[0].type->dtype;
  if ((dtype != DType::f32 && dtype != DType::bf16) || request.inputs[1].type->dtype != dtype) {
    return refuse("matmul works on two operands of f32 or of bf16.");
  }
  for (const Operand& each : {request.inputs[0], request.inputs[1], request.outputs[0]}) {
    if (each.layout != Layout::plain) return refuse("matmul works on plain values.");
  }
  const Shape& a = request.inputs[0].type->shape;
  const Shape& b = request.inputs[1].type->shape;
  const Shape& y = request.outputs[0].type->shape;
  if (y.elements() == 0) return make_empty_kernel();
  MultiplyCall call;
  call.dtype = dtype;
  call.rows = a[a.rank() - 2];
  call.depth = a[a.rank() - 1];
  call.columns = b[b.rank() - 1];
  const std::int64_t blocks = (call.rows + kBlockRows - 1) / kBlockRows;
  LoopSettings settings = loop_settings(request);
  settings.parts = y.elements() / (call.rows * call.columns) * blocks;
  return make_loop_kernel(std::move(settings), [call, blocks, a, b, y, loops = &loops_for(request.isa)](
                                                   const Buffers& buffers, std::int64_t begin, std::int64_t end) {
    const std::int64_t bytes = static_cast<std::int64_t>(size_bytes(call.dtype));
    for (std::int64_t part = begin; part < end; ++part) {
      const MatmulBatch batch = matmul_batch(a, b, y, part / blocks);
      const std::int64_t row = part % blocks * kBlockRows;
      MultiplyCall one = call;
      one.rows = std::min(kBlockRows, call.rows - row);
      one.a = static_cast<const std::byte*>(buffers.inputs[0]) + (batch.a * call.rows + row) * call.depth * bytes;
      one.b = static_cast<const std::byte*>(buffers.inputs[1]) + batch.b * call.depth * call.columns * bytes;
      one.out = static_cast<std::byte*>(buffers.outputs[0]) + (part / blocks * call.rows + row) * call.columns * bytes;
      loops->multiply(one);
    }
  });
}

}  // namespace rheo

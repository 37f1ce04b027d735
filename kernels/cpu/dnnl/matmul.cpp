// SPDX-License-Identifier: Apache-2.0
// matmul(a, b) by oneDNN: [..., m, k] x [..., k, n] with broadcast leading dimensions. f32 and bf16, plain.
// With more than one thread the rows of the only matrix, or the outermost matrices, are split into one-thread
// primitives. For operands that both come at run time; constant weights belong to linear, which packs them.
// Tested by tests/agree/kernels_rows_test.cpp and kernels_dnnl_test.cpp.
#include <algorithm>

#include "base/try.h"
#include "kernels/cpu/dnnl/primitive_kernel.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/refusal.h"

namespace rheo {
namespace {

// The part [first, end) of dimension 0, all of it where that dimension is stretched.
struct Piece {
  Shape shape;
  std::size_t offset = 0;  // bytes
};
Piece piece_of(const Shape& whole, DType dtype, std::int64_t first, std::int64_t end) {
  Piece piece{whole};
  if (whole[0] == 1) return piece;
  piece.offset = static_cast<std::size_t>(whole.elements() / whole[0] * first) * size_bytes(dtype);
  piece.shape[0] = end - first;
  return piece;
}

Result<onednn::Part> part_of(const dnnl::engine& engine, DType dtype, const Piece& a, const Piece& b, const Piece& y) {
  const onednn::Product wanted = {.x = onednn::describe(a.shape, dtype, Layout::plain),
                                  .weights = onednn::describe(b.shape, dtype, Layout::plain),
                                  .bias = {},
                                  .y = onednn::describe(y.shape, dtype, Layout::plain)};
  onednn::Part part;
  RHEO_ASSIGN_OR_RETURN(part.prepared, onednn::prepare(engine, wanted, onednn::with_own_scratch()));
  part.arguments = {onednn::Argument::input(DNNL_ARG_SRC, wanted.x, 0, a.offset),
                    onednn::Argument::input(DNNL_ARG_WEIGHTS, wanted.weights, 1, b.offset),
                    onednn::Argument::output(DNNL_ARG_DST, wanted.y, y.offset)};
  return part;
}

}  // namespace

Result<std::unique_ptr<Kernel>> make_dnnl_matmul(const KernelRequest& request) {
  const DType dtype = request.inputs[0].type->dtype;
  if ((dtype != DType::f32 && dtype != DType::bf16) || request.inputs[1].type->dtype != dtype) {
    return refuse("matmul works on two operands of f32 or of bf16.");
  }
  for (const Operand& each : {request.inputs[0], request.inputs[1], request.outputs[0]}) {
    if (each.layout != Layout::plain) return refuse("matmul works on plain values.");
  }
  RHEO_RETURN_IF_ERROR(onednn::check_isa(request.isa));
  const Shape& y = request.outputs[0].type->shape;
  const Shape a = onednn::widened(request.inputs[0].type->shape, y.rank());
  const Shape b = onednn::widened(request.inputs[1].type->shape, y.rank());
  if (y.elements() == 0 || a.elements() == 0) return refuse("There are no elements.");
  return onednn::guarded([&]() -> Result<std::unique_ptr<Kernel>> {
    const dnnl::engine engine = onednn::cpu_engine();
    const std::int64_t parts = std::clamp<std::int64_t>(request.threads, 1, y[0]);
    std::vector<onednn::Part> made;
    for (std::int64_t part = 0; part < parts; ++part) {
      const std::int64_t first = y[0] * part / parts;
      const std::int64_t end = y[0] * (part + 1) / parts;
      const Piece all{b};
      RHEO_ASSIGN_OR_RETURN(made.emplace_back(), part_of(engine, dtype, piece_of(a, dtype, first, end),
                                                         y.rank() == 2 ? all : piece_of(b, dtype, first, end),
                                                         piece_of(y, dtype, first, end)));
    }
    return onednn::make_primitive_kernel(engine, std::move(made));
  });
}

}  // namespace rheo

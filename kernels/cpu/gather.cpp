// SPDX-License-Identifier: Apache-2.0
// gather: y[a, i, b] = x[a, indices[i], b]: whole rows of x along one axis. With a constant x it is an embedding's
// lookup. Any element type; indices i32, i64; plain. An index out of range fails the run before anything is read.
// Tested by tests/agree/kernels_indexing_test.cpp.
#include <cstring>

#include "base/try.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/loop_kernel.h"
#include "kernels/cpu/refusal.h"
#include "kernels/index_bounds.h"
#include "op/indexing.h"

namespace rheo {
namespace {

// Rows that are asked for ahead: tables are larger than any cache, and indices jump.
constexpr std::int64_t kRowsAhead = 8;
constexpr std::int64_t kCacheLine = 64;
constexpr std::int64_t kLinesAhead = 4;

struct Rows {
  std::int64_t size = 0;       // of x along the axis
  std::int64_t count = 0;      // indices
  std::int64_t row_bytes = 0;  // of a row of x
};

template <typename IndexType>
void ask_ahead(const Rows& rows, const std::byte* x, const IndexType* indices, std::int64_t i) {
  if (i + kRowsAhead >= rows.count) return;
  const std::byte* row = x + from_start(indices[i + kRowsAhead], rows.size) * rows.row_bytes;
  for (std::int64_t line = 0; line < kLinesAhead && line * kCacheLine < rows.row_bytes; ++line)
    __builtin_prefetch(row + line * kCacheLine);
}

// Rows [begin, end) of all rows of the result. kBytes is the size of a row where it is a single small element, else 0.
template <typename IndexType, std::size_t kBytes>
void copy_rows(const Rows& rows, const Buffers& buffers, std::int64_t begin, std::int64_t end) {
  const auto* indices = static_cast<const IndexType*>(buffers.inputs[1]);
  const auto bytes = kBytes == 0 ? static_cast<std::size_t>(rows.row_bytes) : kBytes;
  std::int64_t i = begin % rows.count;
  const std::byte* x = static_cast<const std::byte*>(buffers.inputs[0]) +
                       begin / rows.count * rows.size * static_cast<std::int64_t>(bytes);
  std::byte* to = static_cast<std::byte*>(buffers.outputs[0]) + begin * static_cast<std::int64_t>(bytes);
  for (std::int64_t row = begin; row < end; ++row) {
    ask_ahead(rows, x, indices, i);
    std::memcpy(to, x + from_start(indices[i], rows.size) * static_cast<std::int64_t>(bytes), bytes);
    to += bytes;
    if (++i < rows.count) continue;
    i = 0;
    x += rows.size * static_cast<std::int64_t>(bytes);
  }
}

using CopyRows = void (*)(const Rows&, const Buffers&, std::int64_t, std::int64_t);

template <typename IndexType>
CopyRows copy_rows_of(std::int64_t bytes) {
  switch (bytes) {
    case 1: return &copy_rows<IndexType, 1>;
    case 2: return &copy_rows<IndexType, 2>;
    case 4: return &copy_rows<IndexType, 4>;
    case 8: return &copy_rows<IndexType, 8>;
    default: return &copy_rows<IndexType, 0>;
  }
}

}  // namespace

Result<std::unique_ptr<Kernel>> make_own_gather(const KernelRequest& request) {
  const Operand& x = request.inputs[0];
  const TensorType& indices = *request.inputs[1].type;
  const Operand& y = request.outputs[0];
  if (x.layout != Layout::plain || request.inputs[1].layout != Layout::plain || y.layout != Layout::plain)
    return refuse("gather works on plain.");
  RHEO_RETURN_IF_ERROR(check_sizes(request));
  const std::size_t axis = GatherSettings::from(*request.attributes, x.type->shape.rank()).axis;
  Rows rows{.size = x.type->shape[axis], .count = indices.shape.elements()};
  rows.row_bytes = static_cast<std::int64_t>(size_bytes(x.type->dtype));
  std::int64_t outer = 1;
  for (std::size_t dim = 0; dim < axis; ++dim) outer *= x.type->shape[dim];
  for (std::size_t dim = axis + 1; dim < x.type->shape.rank(); ++dim) rows.row_bytes *= x.type->shape[dim];
  LoopSettings loop = loop_settings(request);
  // The table is read at the indices only.
  loop.bytes = 2 * storage_bytes(*y.type, Layout::plain);
  loop.implementation = "own:copy";
  loop.parts = y.type->shape.elements() == 0 ? 0 : outer * rows.count;
  loop.check = [rows, axis, dtype = indices.dtype](const Buffers& buffers) {
    return check_indices(OpKind::gather, buffers.inputs[1], dtype, rows.count, 1, axis, rows.size);
  };
  const CopyRows copy = indices.dtype == DType::i32 ? copy_rows_of<std::int32_t>(rows.row_bytes)
                                                    : copy_rows_of<std::int64_t>(rows.row_bytes);
  return make_loop_kernel(std::move(loop), [rows, copy](const Buffers& buffers, std::int64_t begin, std::int64_t end) {
    if (begin < end) copy(rows, buffers, begin, end);
  });
}

}  // namespace rheo

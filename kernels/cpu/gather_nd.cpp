// SPDX-License-Identifier: Apache-2.0
// gather_nd: slices of x at the places that rows of indices name, see kernels/ref/gather_nd.cpp. Any element type;
// indices i32, i64; plain. An index out of range fails the run before anything is read.
// Tested by tests/agree/kernels_indexing_test.cpp.
#include <cstring>

#include "base/try.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/index_rows.h"
#include "kernels/cpu/loop_kernel.h"
#include "kernels/cpu/refusal.h"
#include "op/indexing.h"

namespace rheo {
namespace {

// kBytes is the size of a slice where it is a single element, else 0.
template <std::size_t kBytes>
void copy_slices(const IndexRows& rows, std::size_t element_bytes, const Buffers& buffers, std::int64_t begin,
                 std::int64_t end) {
  const auto slice = kBytes == 0 ? static_cast<std::size_t>(rows.slice) * element_bytes : kBytes;
  const std::byte* x = static_cast<const std::byte*>(buffers.inputs[0]);
  std::byte* y = static_cast<std::byte*>(buffers.outputs[0]);
  for (std::int64_t row = begin; row < end; ++row) {
    const auto from = static_cast<std::size_t>(rows.place(buffers.inputs[1], row)) * element_bytes;
    std::memcpy(y + static_cast<std::size_t>(row) * slice, x + from, slice);
  }
}

}  // namespace

Result<std::unique_ptr<Kernel>> make_own_gather_nd(const KernelRequest& request) {
  const Operand& x = request.inputs[0];
  const Operand& indices = request.inputs[1];
  const Operand& y = request.outputs[0];
  if (x.layout != Layout::plain || indices.layout != Layout::plain || y.layout != Layout::plain)
    return refuse("gather_nd works on plain.");
  RHEO_RETURN_IF_ERROR(check_sizes(request));
  if (indices.type->shape.elements() == 0) return make_empty_kernel();
  const std::size_t batch_dims = GatherNdSettings::from(*request.attributes).batch_dims;
  const IndexRows rows = make_index_rows(x.type->shape, *indices.type, batch_dims);
  LoopSettings loop = loop_settings(request);
  loop.bytes = 2 * storage_bytes(*y.type, Layout::plain);
  loop.implementation = "own:copy";
  loop.parts = y.type->shape.elements() == 0 ? 0 : rows.rows;
  loop.check = [rows](const Buffers& b) { return check_index_rows(OpKind::gather_nd, rows, b.inputs[1]); };
  const std::size_t bytes = size_bytes(x.type->dtype);
  auto copy = &copy_slices<0>;
  if (rows.slice == 1)
    copy = bytes == 1 ? &copy_slices<1> : bytes == 2 ? &copy_slices<2> : bytes == 4 ? &copy_slices<4> : &copy_slices<8>;
  return make_loop_kernel(std::move(loop),
                          [rows, bytes, copy](const Buffers& buffers, std::int64_t begin, std::int64_t end) {
                            copy(rows, bytes, buffers, begin, end);
                          });
}

}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// one_hot: values[1] where the index along the new dimension is the given one, else values[0]. Indices i32, i64, values
// of any element type; plain. Tested by tests/agree/kernels_indexing_test.cpp.
#include <algorithm>

#include "base/try.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/loop_kernel.h"
#include "kernels/cpu/refusal.h"
#include "kernels/index_bounds.h"
#include "op/indexing.h"

namespace rheo {
namespace {

// The result is [outer, depth, inner], the indices are [outer, inner].
struct Marks {
  DType index_dtype = DType::i64;
  std::int64_t depth = 1, inner = 1;
};

template <typename T>
void mark(const Marks& marks, const Buffers& buffers, std::int64_t begin, std::int64_t end) {
  const T* values = static_cast<const T*>(buffers.inputs[1]);
  const std::int64_t size = marks.depth * marks.inner;
  T* y = static_cast<T*>(buffers.outputs[0]) + begin * size;
  std::fill_n(y, (end - begin) * size, values[0]);
  for (std::int64_t outer = begin; outer < end; ++outer, y += size) {
    for (std::int64_t i = 0; i < marks.inner; ++i) {
      const std::int64_t index = index_at(buffers.inputs[0], marks.index_dtype, outer * marks.inner + i);
      if (is_in_bounds(index, marks.depth)) y[from_start(index, marks.depth) * marks.inner + i] = values[1];
    }
  }
}

}  // namespace

Result<std::unique_ptr<Kernel>> make_own_one_hot(const KernelRequest& request) {
  const TensorType& indices = *request.inputs[0].type;
  const Operand& y = request.outputs[0];
  if (request.inputs[0].layout != Layout::plain || y.layout != Layout::plain) return refuse("one_hot works on plain.");
  if (y.type->shape.elements() == 0) return make_empty_kernel();
  RHEO_RETURN_IF_ERROR(check_sizes(request));
  const OneHotSettings settings = OneHotSettings::from(*request.attributes, indices.shape.rank());
  Marks marks{.index_dtype = indices.dtype, .depth = settings.depth, .inner = 1};
  for (std::size_t dim = settings.axis; dim < indices.shape.rank(); ++dim) marks.inner *= indices.shape[dim];
  LoopSettings loop = loop_settings(request);
  loop.implementation = "own:copy";
  loop.parts = indices.shape.elements() / marks.inner;
  auto run = &mark<std::uint64_t>;
  const std::size_t bytes = size_bytes(y.type->dtype);
  if (bytes == 1) run = &mark<std::uint8_t>;
  if (bytes == 2) run = &mark<std::uint16_t>;
  if (bytes == 4) run = &mark<std::uint32_t>;
  return make_loop_kernel(std::move(loop), [marks, run](const Buffers& buffers, std::int64_t begin, std::int64_t end) {
    run(marks, buffers, begin, end);
  });
}

}  // namespace rheo

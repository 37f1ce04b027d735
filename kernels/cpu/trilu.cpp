// SPDX-License-Identifier: Apache-2.0
// trilu: the upper or lower triangle of matrices, zero elsewhere. Any element type; plain, in place.
// Tested by tests/agree/kernels_indexing_test.cpp.
#include <algorithm>
#include <cstring>

#include "base/try.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/loop_kernel.h"
#include "kernels/cpu/refusal.h"
#include "op/rearranging.h"

namespace rheo {

Result<std::unique_ptr<Kernel>> make_own_trilu(const KernelRequest& request) {
  const Operand& x = request.inputs[0];
  const Shape& shape = x.type->shape;
  if (x.layout != Layout::plain || request.outputs[0].layout != Layout::plain) return refuse("trilu works on plain.");
  if (shape.elements() == 0) return make_empty_kernel();
  RHEO_RETURN_IF_ERROR(check_sizes(request));
  const TriluSettings settings = TriluSettings::from(*request.attributes);
  const std::int64_t rows = shape[shape.rank() - 2];
  const std::int64_t columns = shape[shape.rank() - 1];
  LoopSettings loop = loop_settings(request);
  loop.implementation = "own:copy";
  loop.in_place_input = x.constant == nullptr ? 0 : -1;
  loop.parts = shape.elements() / columns;
  return make_loop_kernel(std::move(loop), [settings, rows, columns, bytes = size_bytes(x.type->dtype)](
                                               const Buffers& buffers, std::int64_t begin, std::int64_t end) {
    const auto row_bytes = static_cast<std::size_t>(columns) * bytes;
    for (std::int64_t row = begin; row < end; ++row) {
      const std::byte* from =
          static_cast<const std::byte*>(buffers.inputs[0]) + static_cast<std::size_t>(row) * row_bytes;
      std::byte* to = static_cast<std::byte*>(buffers.outputs[0]) + static_cast<std::size_t>(row) * row_bytes;
      const std::int64_t edge = row % rows + settings.diagonal + (settings.is_upper ? 0 : 1);
      // Bytes before the edge, which the lower triangle keeps and the upper one clears.
      const std::size_t before = static_cast<std::size_t>(std::clamp<std::int64_t>(edge, 0, columns)) * bytes;
      const std::size_t first = settings.is_upper ? before : 0;
      const std::size_t end_of_kept = settings.is_upper ? row_bytes : before;
      std::memset(to, 0, first);
      if (to != from) std::memcpy(to + first, from + first, end_of_kept - first);
      std::memset(to + end_of_kept, 0, row_bytes - end_of_kept);
    }
  });
}

}  // namespace rheo

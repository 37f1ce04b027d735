// SPDX-License-Identifier: Apache-2.0
// scatter_nd: y = x, then slices of y at the places that rows of indices name joined with those of updates, in the
// order of the rows, on one thread. Element types as kernels/ref/scatter_elements.cpp; plain, in place. An index out of
// range fails the run before anything is written. Tested by tests/agree/kernels_indexing_test.cpp.
#include <cstring>

#include "base/try.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/index_rows.h"
#include "kernels/cpu/loop_kernel.h"
#include "kernels/cpu/refusal.h"
#include "kernels/cpu/scatter_update.h"

namespace rheo {
namespace {

template <typename Update>
void scatter(const IndexRows& rows, const Buffers& buffers) {
  using Element = typename Update::Element;
  const auto* updates = static_cast<const Element*>(buffers.inputs[2]);
  for (std::int64_t row = 0; row < rows.rows; ++row, updates += rows.slice) {
    Element* y = static_cast<Element*>(buffers.outputs[0]) + rows.place(buffers.inputs[1], row);
    for (std::int64_t i = 0; i < rows.slice; ++i) Update::update(y[i], updates[i]);
  }
}

}  // namespace

Result<std::unique_ptr<Kernel>> make_own_scatter_nd(const KernelRequest& request) {
  const Operand& x = request.inputs[0];
  for (const Operand& input : request.inputs) {
    if (input.layout != Layout::plain) return refuse("scatter_nd works on plain.");
  }
  if (request.outputs[0].layout != Layout::plain) return refuse("scatter_nd works on plain.");
  RHEO_RETURN_IF_ERROR(check_sizes(request));
  const ScatterSettings settings = ScatterSettings::from(*request.attributes, x.type->shape.rank());
  const IndexRows rows = make_index_rows(x.type->shape, *request.inputs[1].type, 0);
  LoopSettings loop{.implementation = "own:copy", .in_place_input = x.constant == nullptr ? 0 : -1};
  loop.check = [rows](const Buffers& b) { return check_index_rows(OpKind::scatter_nd, rows, b.inputs[1]); };
  const auto run =
      with_update(settings.reduction, x.type->dtype, [](auto update) { return &scatter<decltype(update)>; });
  return make_loop_kernel(std::move(loop), [rows, run, bytes = storage_bytes(*x.type, Layout::plain)](
                                               const Buffers& buffers, std::int64_t, std::int64_t) {
    if (bytes > 0 && buffers.outputs[0] != buffers.inputs[0]) std::memcpy(buffers.outputs[0], buffers.inputs[0], bytes);
    run(rows, buffers);
  });
}

}  // namespace rheo

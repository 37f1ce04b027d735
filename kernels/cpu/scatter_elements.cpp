// SPDX-License-Identifier: Apache-2.0
// scatter_elements: y = x, then y[i, indices[i, j, k], k] joined with updates[i, j, k], here along axis 1, in the order
// of the indices, on one thread. Element types as kernels/ref/scatter_elements.cpp; plain, in place. An index out of
// range fails the run before anything is written. Tested by tests/agree/kernels_indexing_test.cpp.
#include <cstring>

#include "base/try.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/loop_kernel.h"
#include "kernels/cpu/refusal.h"
#include "kernels/cpu/scatter_update.h"
#include "kernels/cpu/strided.h"
#include "kernels/index_bounds.h"

namespace rheo {
namespace {

struct Scatter {
  Walk walk;                          // over the updates; operand 0 is those, operand 1 the result without the axis
  std::int64_t size = 0, stride = 0;  // of the result along the axis
};

template <typename Update, typename IndexType>
void scatter(const Scatter& s, const Buffers& buffers) {
  using Element = typename Update::Element;
  const std::int64_t step = s.walk.inner_stride(1);
  s.walk.for_each_run([&](const auto& at) {
    const auto* indices = static_cast<const IndexType*>(buffers.inputs[1]) + at[0];
    const auto* updates = static_cast<const Element*>(buffers.inputs[2]) + at[0];
    auto* y = static_cast<Element*>(buffers.outputs[0]) + at[1];
    for (std::int64_t i = 0; i < s.walk.inner_size(); ++i)
      Update::update(y[i * step + from_start(indices[i], s.size) * s.stride], updates[i]);
  });
}

}  // namespace

Result<std::unique_ptr<Kernel>> make_own_scatter_elements(const KernelRequest& request) {
  const Operand& x = request.inputs[0];
  const TensorType& indices = *request.inputs[1].type;
  for (const Operand& input : request.inputs) {
    if (input.layout != Layout::plain) return refuse("scatter_elements works on plain.");
  }
  if (request.outputs[0].layout != Layout::plain) return refuse("scatter_elements works on plain.");
  RHEO_RETURN_IF_ERROR(check_sizes(request));
  if (x.type->shape.elements() == 0 && indices.shape.elements() == 0) return make_empty_kernel();
  const ScatterSettings settings = ScatterSettings::from(*request.attributes, x.type->shape.rank());
  Shape target = strides_of(x.type->shape, Layout::plain);
  Scatter s{.walk = {}, .size = x.type->shape[settings.axis], .stride = target[settings.axis]};
  target[settings.axis] = 0;
  s.walk = make_walk(indices.shape, {strides_of(indices.shape, Layout::plain), target, target});
  LoopSettings loop{.implementation = "own:copy", .in_place_input = x.constant == nullptr ? 0 : -1};
  loop.check = [dtype = indices.dtype, count = indices.shape.elements(), settings, size = s.size](const Buffers& b) {
    return check_indices(OpKind::scatter_elements, b.inputs[1], dtype, count, 1, settings.axis, size);
  };
  const bool is_short = indices.dtype == DType::i32;
  const auto run = with_update(settings.reduction, x.type->dtype, [is_short](auto update) {
    return is_short ? &scatter<decltype(update), std::int32_t> : &scatter<decltype(update), std::int64_t>;
  });
  return make_loop_kernel(std::move(loop), [s, run, bytes = storage_bytes(*x.type, Layout::plain)](
                                               const Buffers& buffers, std::int64_t, std::int64_t) {
    if (buffers.outputs[0] != buffers.inputs[0]) std::memcpy(buffers.outputs[0], buffers.inputs[0], bytes);
    run(s, buffers);
  });
}

}  // namespace rheo

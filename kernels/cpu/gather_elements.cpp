// SPDX-License-Identifier: Apache-2.0
// gather_elements: y[i, j, k] = x[i, indices[i, j, k], k], here along axis 1. Any element type; indices i32, i64;
// plain. An index out of range fails the run before anything is read. Tested by tests/agree/kernels_indexing_test.cpp.
#include "base/try.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/loop_kernel.h"
#include "kernels/cpu/refusal.h"
#include "kernels/cpu/strided.h"
#include "kernels/index_bounds.h"
#include "op/indexing.h"

namespace rheo {
namespace {

struct Lookup {
  Walk walk;                          // over the indices; operand 0 is the result, operand 1 x without the axis
  std::int64_t size = 0, stride = 0;  // of x along the axis
};

template <typename IndexType, typename Element>
void look_up(const Lookup& lookup, const Buffers& buffers, std::int64_t begin, std::int64_t end) {
  const std::int64_t step = lookup.walk.inner_stride(1);
  lookup.walk.for_each_run(begin, end, [&](const auto& at) {
    const auto* indices = static_cast<const IndexType*>(buffers.inputs[1]) + at[0];
    const auto* x = static_cast<const Element*>(buffers.inputs[0]) + at[1];
    auto* y = static_cast<Element*>(buffers.outputs[0]) + at[0];
    for (std::int64_t i = 0; i < lookup.walk.inner_size(); ++i)
      y[i] = x[i * step + from_start(indices[i], lookup.size) * lookup.stride];
  });
}

using LookUp = void (*)(const Lookup&, const Buffers&, std::int64_t, std::int64_t);

template <typename IndexType>
LookUp look_up_of(std::size_t bytes) {
  switch (bytes) {
    case 1: return &look_up<IndexType, std::uint8_t>;
    case 2: return &look_up<IndexType, std::uint16_t>;
    case 4: return &look_up<IndexType, std::uint32_t>;
    default: return &look_up<IndexType, std::uint64_t>;
  }
}

}  // namespace

Result<std::unique_ptr<Kernel>> make_own_gather_elements(const KernelRequest& request) {
  const Operand& x = request.inputs[0];
  const TensorType& indices = *request.inputs[1].type;
  if (x.layout != Layout::plain || request.inputs[1].layout != Layout::plain ||
      request.outputs[0].layout != Layout::plain)
    return refuse("gather_elements works on plain.");
  RHEO_RETURN_IF_ERROR(check_sizes(request));
  if (indices.shape.elements() == 0) return make_empty_kernel();
  const std::size_t axis = GatherSettings::from(*request.attributes, x.type->shape.rank()).axis;
  Shape source = strides_of(x.type->shape, Layout::plain);
  Lookup lookup{.walk = {}, .size = x.type->shape[axis], .stride = source[axis]};
  source[axis] = 0;
  lookup.walk = make_walk(indices.shape, {strides_of(indices.shape, Layout::plain), source, source});
  LoopSettings loop = loop_settings(request);
  loop.implementation = "own:copy";
  loop.parts = lookup.walk.runs();
  loop.check = [axis, dtype = indices.dtype, count = indices.shape.elements(), size = lookup.size](const Buffers& b) {
    return check_indices(OpKind::gather_elements, b.inputs[1], dtype, count, 1, axis, size);
  };
  const std::size_t bytes = size_bytes(x.type->dtype);
  const LookUp run = indices.dtype == DType::i32 ? look_up_of<std::int32_t>(bytes) : look_up_of<std::int64_t>(bytes);
  return make_loop_kernel(std::move(loop), [lookup, run](const Buffers& buffers, std::int64_t begin, std::int64_t end) {
    run(lookup, buffers, begin, end);
  });
}

}  // namespace rheo

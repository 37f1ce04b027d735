// SPDX-License-Identifier: Apache-2.0
// y[a, i, b] = x[a, indices[i], b], where i runs over all dimensions of the indices in place of one axis of x.
// Layout: plain. Dtypes: all; indices i32, i64. An index out of range fails the run.
// Tested by tests/kernels/ref/gather_test.cpp.
#include "kernels/index_bounds.h"
#include "kernels/ref/indices.h"
#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"
#include "op/indexing.h"

namespace rheo::ref {
namespace {

class Gather {
 public:
  explicit Gather(const KernelRequest& request)
      : x_(*request.inputs[0].type),
        indices_(*request.inputs[1].type),
        y_(*request.outputs[0].type),
        axis_(GatherSettings::from(*request.attributes, x_.shape.rank()).axis) {}

  Status run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    const Strides from = dense_strides(x_.shape);
    const Strides to = dense_strides(y_.shape);
    // One step along the flattened indices is the stride of the dimension in front of which b begins.
    const std::size_t behind = axis_ + indices_.shape.rank();
    std::int64_t step = 1;
    for (std::size_t dim = behind; dim < y_.shape.rank(); ++dim) step *= y_.shape[dim];
    Shape rest = x_.shape;
    rest[axis_] = 1;
    Place target{.offset = 0, .strides = {}};
    for (std::size_t dim = 0; dim < x_.shape.rank(); ++dim)
      target.strides[dim] = dim < axis_ ? to[dim] : dim > axis_ ? from[dim] : 0;
    for (std::int64_t i = 0; i < indices_.shape.elements(); ++i) {
      const std::int64_t index = index_at(inputs[1], indices_.dtype, i);
      const std::int64_t size = x_.shape[axis_];
      if (!is_in_bounds(index, size)) return index_out_of_bounds(OpKind::gather, index, i, axis_, size);
      target.offset = i * step;
      copy_elements(size_bytes(x_.dtype), rest, inputs[0], {from_start(index, size) * from[axis_], from}, outputs[0],
                    target);
    }
    return {};
  }

 private:
  const TensorType x_;
  const TensorType indices_;
  const TensorType y_;
  const std::size_t axis_;
};

}  // namespace

MadeKernel make_gather(const KernelRequest& request) { return make_plain<Gather>(request); }

}  // namespace rheo::ref

// SPDX-License-Identifier: Apache-2.0
// y[i, j, k] = x[i, indices[i, j, k], k], here along axis 1. Layout: plain. Dtypes: all; indices i32, i64. An index out
// of range fails the run. Tested by tests/kernels/ref/gather_elements_test.cpp.
#include <cstring>

#include "kernels/index_bounds.h"
#include "kernels/ref/indices.h"
#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"
#include "op/indexing.h"

namespace rheo::ref {
namespace {

class GatherElements {
 public:
  explicit GatherElements(const KernelRequest& request)
      : x_(*request.inputs[0].type),
        indices_(*request.inputs[1].type),
        axis_(GatherSettings::from(*request.attributes, x_.shape.rank()).axis) {}

  Status run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    const std::size_t bytes = size_bytes(x_.dtype);
    const Strides strides = dense_strides(x_.shape);
    const std::int64_t size = x_.shape[axis_];
    Status status;
    std::int64_t place = 0;
    for_each_index(indices_.shape, [&](const Index& at) {
      const std::int64_t index = index_at(inputs[1], indices_.dtype, place);
      if (is_in_bounds(index, size)) {
        Index source = at;
        source[axis_] = from_start(index, size);
        std::memcpy(
            static_cast<std::byte*>(outputs[0]) + static_cast<std::size_t>(place) * bytes,
            static_cast<const std::byte*>(inputs[0]) + static_cast<std::size_t>(offset_of(source, strides)) * bytes,
            bytes);
      } else if (status.ok()) {
        status = index_out_of_bounds(OpKind::gather_elements, index, place, axis_, size);
      }
      ++place;
    });
    return status;
  }

 private:
  const TensorType x_;
  const TensorType indices_;
  const std::size_t axis_;
};

}  // namespace

MadeKernel make_gather_elements(const KernelRequest& request) { return make_plain<GatherElements>(request); }

}  // namespace rheo::ref

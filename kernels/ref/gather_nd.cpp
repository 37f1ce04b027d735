// SPDX-License-Identifier: Apache-2.0
// y[a, i] = x[a, indices[a, i, 0], ..., indices[a, i, n - 1]]: a over the batch dimensions, i over rows of indices;
// what is left of x is copied whole. Layout: plain. Dtypes: all; indices i32, i64. An index out of range fails the run.
// Tested by tests/kernels/ref/gather_nd_test.cpp.
#include <cstring>

#include "kernels/index_bounds.h"
#include "kernels/ref/indices.h"
#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"
#include "op/indexing.h"

namespace rheo::ref {
namespace {

class GatherNd {
 public:
  explicit GatherNd(const KernelRequest& request)
      : x_(*request.inputs[0].type),
        indices_(*request.inputs[1].type),
        batch_dims_(GatherNdSettings::from(*request.attributes).batch_dims),
        indexed_(static_cast<std::size_t>(indices_.shape[indices_.shape.rank() - 1])) {
    rows_ = indices_.shape;
    rows_[rows_.rank() - 1] = 1;
    slice_ = 1;
    for (std::size_t dim = batch_dims_ + indexed_; dim < x_.shape.rank(); ++dim) slice_ *= x_.shape[dim];
  }

  Status run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    const std::size_t bytes = size_bytes(x_.dtype) * static_cast<std::size_t>(slice_);
    const Strides strides = dense_strides(x_.shape);
    Status status;
    std::int64_t row = 0;
    for_each_index(rows_, [&](const Index& at) {
      std::int64_t source = 0;
      for (std::size_t dim = 0; dim < batch_dims_; ++dim) source += at[dim] * strides[dim];
      for (std::size_t i = 0; i < indexed_; ++i) {
        const std::size_t dim = batch_dims_ + i;
        const std::int64_t place = row * static_cast<std::int64_t>(indexed_) + static_cast<std::int64_t>(i);
        const std::int64_t index = index_at(inputs[1], indices_.dtype, place);
        const std::int64_t size = x_.shape[dim];
        if (is_in_bounds(index, size)) {
          source += from_start(index, size) * strides[dim];
        } else if (status.ok()) {
          status = index_out_of_bounds(OpKind::gather_nd, index, row, dim, size);
        }
      }
      if (status.ok() && bytes > 0)
        std::memcpy(static_cast<std::byte*>(outputs[0]) + static_cast<std::size_t>(row) * bytes,
                    static_cast<const std::byte*>(inputs[0]) + static_cast<std::size_t>(source) * size_bytes(x_.dtype),
                    bytes);
      ++row;
    });
    return status;
  }

 private:
  const TensorType x_;
  const TensorType indices_;
  const std::size_t batch_dims_;
  const std::size_t indexed_;  // dimensions that a row of indices names
  Shape rows_;                 // of the indices, the last dimension as 1
  std::int64_t slice_ = 1;     // elements that a row of indices stands for
};

}  // namespace

MadeKernel make_gather_nd(const KernelRequest& request) { return make_plain<GatherNd>(request); }

}  // namespace rheo::ref

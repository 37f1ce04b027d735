// SPDX-License-Identifier: Apache-2.0
// y = x, then y[indices[i, 0], ..., indices[i, n - 1]] joined with updates[i], whole slices, in the order of the rows
// i. Layout, dtypes and indices as scatter_elements. Tested by tests/kernels/ref/scatter_nd_test.cpp.
#include <cstring>

#include "kernels/index_bounds.h"
#include "kernels/ref/indices.h"
#include "kernels/ref/list.h"
#include "kernels/ref/reference_kernel.h"
#include "kernels/ref/scatter_update.h"

namespace rheo::ref {
namespace {

class ScatterNd {
 public:
  explicit ScatterNd(const KernelRequest& request)
      : x_(*request.inputs[0].type),
        indices_(*request.inputs[1].type),
        reduction_(ScatterSettings::from(*request.attributes, x_.shape.rank()).reduction),
        indexed_(indices_.shape[indices_.shape.rank() - 1]),
        rows_(indices_.shape.elements() / indexed_) {
    for (std::size_t dim = static_cast<std::size_t>(indexed_); dim < x_.shape.rank(); ++dim) slice_ *= x_.shape[dim];
  }

  Status run(std::span<const void* const> inputs, std::span<void* const> outputs) const {
    for (std::int64_t i = 0; i < indexed_; ++i) {
      const auto* column =
          static_cast<const std::byte*>(inputs[1]) + static_cast<std::size_t>(i) * size_bytes(indices_.dtype);
      const auto dim = static_cast<std::size_t>(i);
      RHEO_RETURN_IF_ERROR(
          check_indices(OpKind::scatter_nd, column, indices_.dtype, rows_, indexed_, dim, x_.shape[dim]));
    }
    if (const std::size_t bytes = storage_bytes(x_, Layout::plain); bytes > 0)
      std::memmove(outputs[0], inputs[0], bytes);
    const Strides strides = dense_strides(x_.shape);
    for (std::int64_t row = 0; row < rows_; ++row) {
      std::int64_t target = 0;
      for (std::int64_t i = 0; i < indexed_; ++i) {
        const auto dim = static_cast<std::size_t>(i);
        target += from_start(index_at(inputs[1], indices_.dtype, row * indexed_ + i), x_.shape[dim]) * strides[dim];
      }
      for (std::int64_t i = 0; i < slice_; ++i)
        scatter_update(reduction_, x_, outputs[0], target + i, inputs[2], row * slice_ + i);
    }
    return {};
  }

 private:
  const TensorType x_;
  const TensorType indices_;
  const ScatterReduction reduction_;
  const std::int64_t indexed_;  // dimensions that a row of indices names
  const std::int64_t rows_;
  std::int64_t slice_ = 1;  // elements that a row stands for
};

}  // namespace

MadeKernel make_scatter_nd(const KernelRequest& request) { return make_plain<ScatterNd>(request); }

}  // namespace rheo::ref

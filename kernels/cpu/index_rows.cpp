// SPDX-License-Identifier: Apache-2.0
// Tested by tests/agree/kernels_indexing_test.cpp.
#include "kernels/cpu/index_rows.h"

#include "base/try.h"
#include "kernels/cpu/strided.h"

namespace rheo {

IndexRows make_index_rows(const Shape& x, const TensorType& indices, std::size_t batch_dims) {
  IndexRows rows;
  const Shape strides = strides_of(x, Layout::plain);
  rows.dtype = indices.dtype;
  rows.count = static_cast<std::size_t>(indices.shape[indices.shape.rank() - 1]);
  rows.first_dimension = batch_dims;
  rows.rows = indices.shape.elements() / static_cast<std::int64_t>(rows.count);
  std::int64_t items = 1;
  for (std::size_t dim = 0; dim < batch_dims; ++dim) items *= x[dim];
  if (items > 0 && rows.rows > 0) rows.rows_per_item = rows.rows / items;
  if (batch_dims > 0) rows.item_stride = strides[batch_dims - 1];
  for (std::size_t i = 0; i < rows.count; ++i) {
    rows.sizes[i] = x[batch_dims + i];
    rows.strides[i] = strides[batch_dims + i];
  }
  for (std::size_t dim = batch_dims + rows.count; dim < x.rank(); ++dim) rows.slice *= x[dim];
  return rows;
}

Status check_index_rows(OpKind op, const IndexRows& rows, const void* indices) {
  for (std::size_t i = 0; i < rows.count; ++i) {
    const std::byte* column = static_cast<const std::byte*>(indices) + i * size_bytes(rows.dtype);
    RHEO_RETURN_IF_ERROR(check_indices(op, column, rows.dtype, rows.rows, static_cast<std::int64_t>(rows.count),
                                       rows.first_dimension + i, rows.sizes[i]));
  }
  return {};
}

}  // namespace rheo

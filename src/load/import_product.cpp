// SPDX-License-Identifier: Apache-2.0
#include "load/import_product.h"

#include "base/try.h"

namespace rheo {

Result<ImportValue> as_matrix(ImportCall& call, ImportValue& value, bool is_row) {
  const Shape shape = call.shape_of(value);
  if (shape.rank() != 1) return value;
  return call.reshape(value, is_row ? Shape{1, shape[0]} : Shape{shape[0], 1});
}

Result<ImportValue> without_added(ImportCall& call, ImportValue product, std::size_t a_rank, std::size_t b_rank) {
  const Shape shape = call.shape_of(product);
  if (a_rank > 1 && b_rank > 1) return product;
  Shape kept;
  for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
    const bool is_row = axis + 2 == shape.rank() && a_rank == 1;
    const bool is_column = axis + 1 == shape.rank() && b_rank == 1;
    if (!is_row && !is_column) kept.push_back(shape[axis]);
  }
  return call.reshape(product, kept);
}

bool is_constant_matrix(const ImportCall& call, const ImportValue& value) {
  return value.is_known() && value.ignores_batch() && call.shape_of(value).rank() == 2;
}

Result<ImportValue> product_of(ImportCall& call, ImportValue& a, ImportValue& b) {
  const std::size_t a_rank = call.shape_of(a).rank();
  const std::size_t b_rank = call.shape_of(b).rank();
  if (a_rank == 0 || b_rank == 0) return call.refuse("multiplies a number as a matrix");
  RHEO_ASSIGN_OR_RETURN(ImportValue left, as_matrix(call, a, true));
  RHEO_ASSIGN_OR_RETURN(ImportValue right, as_matrix(call, b, false));
  ImportValue product;
  if (is_constant_matrix(call, b) && call.dtype_of(b) == DType::f32) {
    RHEO_ASSIGN_OR_RETURN(ImportValue weights, call.transpose(right, {1, 0}));
    RHEO_ASSIGN_OR_RETURN(product, call.emit(OpKind::linear, {&left, &weights}));
  } else {
    RHEO_ASSIGN_OR_RETURN(product, call.emit(OpKind::matmul, {&left, &right}));
  }
  return without_added(call, std::move(product), a_rank, b_rank);
}

Result<ImportValue> scaled(ImportCall& call, ImportValue value, double factor) {
  if (factor == 1) return value;
  const DType dtype = call.dtype_of(value);
  RHEO_ASSIGN_OR_RETURN(ImportValue number, ImportCall::scalar(dtype == DType::f32 ? dtype : DType::i64, factor));
  RHEO_ASSIGN_OR_RETURN(number, call.cast(number, dtype));
  return call.emit(OpKind::mul, {&value, &number});
}

}  // namespace rheo

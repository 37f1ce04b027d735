// SPDX-License-Identifier: Apache-2.0
// Products of matrices. With a constant second factor both become a linear layer, whose weights are [out, in].
#include <optional>

#include "base/try.h"
#include "load/onnx/lowerings.h"

namespace rheo::onnx {
namespace {

Result<ImportValue> scaled(Call& call, ImportValue value, double factor) {
  if (factor == 1) return value;
  RHEO_ASSIGN_OR_RETURN(ImportValue number, Call::scalar(DType::f32, factor));
  return call.emit(OpKind::mul, {&value, &number});
}

bool is_constant_matrix(Call& call, std::size_t index) {
  const ImportValue& value = call.input(index);
  return value.is_known() && value.ignores_batch() && call.rank(index) == 2;
}

// C of a Gemm as the bias [out] of a linear layer, when it is one.
Result<std::optional<ImportValue>> bias_of(Call& call, std::int64_t outputs) {
  if (!call.has(2) || !call.input(2).is_known() || !call.input(2).ignores_batch()) return std::optional<ImportValue>();
  const Shape shape = call.shape(2);
  const bool is_row = shape.rank() == 1 || (shape.rank() == 2 && shape[0] == 1);
  if (!is_row || shape[shape.rank() - 1] != outputs) return std::optional<ImportValue>();
  RHEO_ASSIGN_OR_RETURN(ImportValue row, call.reshape(call.input(2), {outputs}));
  RHEO_ASSIGN_OR_RETURN(row, scaled(call, std::move(row), call.real("beta", 1)));
  return std::optional(std::move(row));
}

Status add_c(Call& call, ImportValue product) {
  if (call.has(2)) {
    RHEO_ASSIGN_OR_RETURN(ImportValue c, scaled(call, call.input(2), call.real("beta", 1)));
    RHEO_ASSIGN_OR_RETURN(product, call.emit(OpKind::add, {&product, &c}));
  }
  call.answer(std::move(product));
  return {};
}

// A vector as a matrix of one row or one column.
Result<ImportValue> as_matrix(Call& call, std::size_t index, bool is_row) {
  const Shape shape = call.shape(index);
  if (shape.rank() != 1) return call.input(index);
  return call.reshape(call.input(index), is_row ? Shape{1, shape[0]} : Shape{shape[0], 1});
}

// Without the row or the column that as_matrix added.
Result<ImportValue> without_added(Call& call, ImportValue product) {
  Shape shape = call.emitter().type_of(product).shape;
  if (call.rank(0) > 1 && call.rank(1) > 1) return product;
  Shape kept;
  for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
    const bool is_row = axis + 2 == shape.rank() && call.rank(0) == 1;
    const bool is_column = axis + 1 == shape.rank() && call.rank(1) == 1;
    if (!is_row && !is_column) kept.push_back(shape[axis]);
  }
  return call.reshape(product, kept);
}

}  // namespace

Status lower_gemm(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(2));
  if (call.rank(0) != 2 || call.rank(1) != 2) return call.refuse("multiplies what are no matrices");
  ImportValue x = call.input(0);
  if (call.integer("transA", 0) != 0) {
    RHEO_ASSIGN_OR_RETURN(x, call.transpose(call.input(0), {1, 0}));
  }
  const bool is_transposed = call.integer("transB", 0) != 0;
  const bool is_linear = is_constant_matrix(call, 1);
  ImportValue w = call.input(1);
  if (is_transposed != is_linear) {
    RHEO_ASSIGN_OR_RETURN(w, call.transpose(call.input(1), {1, 0}));
  }
  const double alpha = call.real("alpha", 1);
  if (!is_linear) {
    RHEO_ASSIGN_OR_RETURN(ImportValue product, call.emit(OpKind::matmul, {&x, &w}));
    RHEO_ASSIGN_OR_RETURN(product, scaled(call, std::move(product), alpha));
    return add_c(call, std::move(product));
  }
  RHEO_ASSIGN_OR_RETURN(w, scaled(call, std::move(w), alpha));
  RHEO_ASSIGN_OR_RETURN(std::optional<ImportValue> bias, bias_of(call, call.emitter().type_of(w).shape[0]));
  RHEO_ASSIGN_OR_RETURN(ImportValue product, call.emit(OpKind::linear, {&x, &w, bias ? &*bias : nullptr}));
  if (!bias) return add_c(call, std::move(product));
  call.answer(std::move(product));
  return {};
}

Status lower_matmul(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(2));
  if (call.rank(0) == 0 || call.rank(1) == 0) return call.refuse("multiplies a number as a matrix");
  RHEO_ASSIGN_OR_RETURN(ImportValue a, as_matrix(call, 0, true));
  RHEO_ASSIGN_OR_RETURN(ImportValue b, as_matrix(call, 1, false));
  ImportValue product;
  if (is_constant_matrix(call, 1) && call.dtype(1) == DType::f32) {
    RHEO_ASSIGN_OR_RETURN(ImportValue w, call.transpose(b, {1, 0}));
    RHEO_ASSIGN_OR_RETURN(product, call.emit(OpKind::linear, {&a, &w}));
  } else {
    RHEO_ASSIGN_OR_RETURN(product, call.emit(OpKind::matmul, {&a, &b}));
  }
  RHEO_ASSIGN_OR_RETURN(product, without_added(call, std::move(product)));
  call.answer(std::move(product));
  return {};
}

}  // namespace rheo::onnx

// SPDX-License-Identifier: Apache-2.0
// Products of matrices.
#include <algorithm>
#include <optional>

#include "base/try.h"
#include "load/import_einsum.h"
#include "load/import_product.h"
#include "load/onnx/lowerings.h"

namespace rheo::onnx {
namespace {

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

}  // namespace

Status lower_gemm(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(2));
  if (call.rank(0) != 2 || call.rank(1) != 2) return call.refuse("multiplies what are no matrices");
  ImportValue x = call.input(0);
  if (call.integer("transA", 0) != 0) {
    RHEO_ASSIGN_OR_RETURN(x, call.transpose(call.input(0), {1, 0}));
  }
  const bool is_transposed = call.integer("transB", 0) != 0;
  const bool is_linear = is_constant_matrix(call, call.input(1));
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
  RHEO_ASSIGN_OR_RETURN(ImportValue product, product_of(call, call.input(0), call.input(1)));
  call.answer(std::move(product));
  return {};
}

Status lower_einsum(Call& call) {
  RHEO_RETURN_IF_ERROR(call.require(std::max<std::size_t>(call.inputs(), 1)));
  std::vector<ImportValue*> values;
  for (std::size_t i = 0; i < call.inputs(); ++i) values.push_back(&call.input(i));
  RHEO_ASSIGN_OR_RETURN(ImportValue y, einsum_of(call, call.text("equation", ""), values));
  call.answer(std::move(y));
  return {};
}

}  // namespace rheo::onnx

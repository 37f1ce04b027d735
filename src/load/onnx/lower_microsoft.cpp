// SPDX-License-Identifier: Apache-2.0
// What ONNX Runtime's quantiser writes beside the operators of ONNX (domain com.microsoft): each is an operator on real
// numbers with 8-bit values around it. docs/ContribOperators.md of github.com/microsoft/onnxruntime says what they
// mean.
#include <fmt/format.h>

#include <cmath>
#include <initializer_list>
#include <vector>

#include "base/try.h"
#include "load/import_product.h"
#include "load/onnx/lowerings.h"
#include "load/onnx/quantized.h"

namespace rheo::onnx {
namespace {

// Zero points may be left out between them.
Status require_all(Call& call, std::initializer_list<std::size_t> inputs) {
  for (const std::size_t input : inputs) {
    if (!call.has(input)) return call.refuse(fmt::format("lacks its input {}", input));
  }
  return {};
}

Result<ImportValue> softmax_of(Call& call, ImportValue x) {
  const std::size_t rank = call.rank(0);
  const bool joins = call.integer("opset", 13) < 13;  // the meaning of Softmax before operator set 13
  RHEO_ASSIGN_OR_RETURN(const std::size_t axis, call.axis(call.integer("axis", joins ? 1 : -1), rank));
  if (joins && axis + 1 != rank) return call.refuse("normalises over several dimensions together");
  return call.emit(OpKind::softmax, {&x}, {{"axis", static_cast<std::int64_t>(axis)}});
}

// C as the bias of a product, in real numbers: its steps are those of the products.
Result<ImportValue> bias_of(Call& call, double alpha) {
  RHEO_ASSIGN_OR_RETURN(ImportValue bias, call.cast(call.input(6), DType::f32));
  RHEO_ASSIGN_OR_RETURN(ImportValue factor, Call::scalar(DType::f32, alpha));
  for (ImportValue* scale : {&factor, &call.input(1), &call.input(4)}) {
    RHEO_ASSIGN_OR_RETURN(bias, call.emit(OpKind::mul, {&bias, scale}));
  }
  return bias;
}

}  // namespace

// a, a_scale, a_zero, b, b_scale, b_zero, y_scale, y_zero.
Status lower_qlinear_binary(Call& call) {
  RHEO_RETURN_IF_ERROR(require_all(call, {0, 1, 3, 4, 6}));
  RHEO_ASSIGN_OR_RETURN(ImportValue a, real_of(call, {}));
  RHEO_ASSIGN_OR_RETURN(ImportValue b, real_of(call, {3, 4, 5}));
  const OpKind kind = call.node().op == "QLinearAdd" ? OpKind::add : OpKind::mul;
  RHEO_ASSIGN_OR_RETURN(ImportValue y, call.emit(kind, {&a, &b}));
  return answer_quantized(call, std::move(y), 6, 7, call.dtype(0));
}

// x, x_scale, x_zero, y_scale, y_zero.
Status lower_qlinear_unary(Call& call) {
  RHEO_RETURN_IF_ERROR(require_all(call, {0, 1, 3}));
  RHEO_ASSIGN_OR_RETURN(ImportValue x, real_of(call, {}));
  const std::string& op = call.node().op;
  ImportValue y;
  if (op == "QLinearSoftmax") {
    RHEO_ASSIGN_OR_RETURN(y, softmax_of(call, std::move(x)));
  } else if (op == "QLinearLeakyRelu") {
    RHEO_ASSIGN_OR_RETURN(y, call.emit(OpKind::leaky_relu, {&x}, {{"alpha", call.real("alpha", 0.01)}}));
  } else {
    RHEO_ASSIGN_OR_RETURN(y, call.emit(OpKind::sigmoid, {&x}));
  }
  return answer_quantized(call, std::move(y), 3, 4, call.dtype(0));
}

// The same inputs.
Status lower_qlinear_average_pool(Call& call) {
  RHEO_RETURN_IF_ERROR(require_all(call, {0, 1, 3}));
  if (call.integer("channels_last", 0) != 0) return call.refuse("has its channels last; export it with them first");
  RHEO_ASSIGN_OR_RETURN(ImportValue x, real_of(call, {}));
  ImportValue y;
  if (call.node().op == "QLinearAveragePool") {
    RHEO_ASSIGN_OR_RETURN(y, average_pooled(call, std::move(x)));
  } else {
    if (call.rank(0) != 4) return call.refuse("pools over more or less than two dimensions");
    RHEO_ASSIGN_OR_RETURN(y, call.emit(OpKind::global_avg_pool, {&x}));
  }
  return answer_quantized(call, std::move(y), 3, 4, call.dtype(0));
}

// y_scale, y_zero, then x, x_scale, x_zero of each part.
Status lower_qlinear_concat(Call& call) {
  RHEO_RETURN_IF_ERROR(require_all(call, {0, 2, 3}));
  std::vector<ImportValue> parts;
  for (std::size_t at = 2; at < call.inputs(); at += 3) {
    if (!call.has(at) || !call.has(at + 1)) return call.refuse("lacks a part or its scale");
    RHEO_ASSIGN_OR_RETURN(parts.emplace_back(), real_of(call, {at, at + 1, at + 2}));
  }
  std::vector<ImportValue*> operands;
  operands.reserve(parts.size());
  for (ImportValue& part : parts) operands.push_back(&part);
  RHEO_ASSIGN_OR_RETURN(const std::size_t axis, call.axis(call.integer("axis", 0), call.rank(2)));
  RHEO_ASSIGN_OR_RETURN(ImportValue y, call.emit(OpKind::concat, std::span<ImportValue* const>(operands),
                                                 {{"axis", static_cast<std::int64_t>(axis)}}));
  return answer_quantized(call, std::move(y), 0, 1, call.dtype(2));
}

// a, a_scale, a_zero, b, b_scale, b_zero, c (i32), y_scale, y_zero: alpha * (a b + c). Without y_scale it answers in
// real numbers.
Status lower_qgemm(Call& call) {
  RHEO_RETURN_IF_ERROR(require_all(call, {0, 1, 3, 4}));
  const double alpha = call.real("alpha", 1);
  if (call.rank(0) != 2 || call.rank(3) != 2) return call.refuse("multiplies what are no matrices");
  if (call.integer("transA", 0) != 0) return call.refuse("turns its first matrix around");
  if (!std::isfinite(alpha) || alpha <= 0) {
    return call.refuse(fmt::format("multiplies by an alpha of {}, which is no scale", alpha));
  }
  const bool is_transposed = call.integer("transB", 0) != 0;
  const std::int64_t outputs = is_transposed ? 0 : 1;
  RHEO_ASSIGN_OR_RETURN(ImportValue a, real_of(call, {}));
  RHEO_ASSIGN_OR_RETURN(std::vector<StoredWeights> parts, stored_weights(call, {3, 4, 5}, outputs));
  ImportValue y;
  if (!parts.empty()) {
    for (StoredWeights& part : parts) {
      for (float& scale : part.quantization.scales) scale *= static_cast<float>(alpha);
    }
    RHEO_ASSIGN_OR_RETURN(y, linear_of(call, a, std::move(parts), !is_transposed));
  } else {
    RHEO_ASSIGN_OR_RETURN(ImportValue b, real_of(call, {3, 4, 5}, outputs));
    if (is_transposed) {
      RHEO_ASSIGN_OR_RETURN(b, call.transpose(b, {1, 0}));
    }
    RHEO_ASSIGN_OR_RETURN(y, call.emit(OpKind::matmul, {&a, &b}));
    RHEO_ASSIGN_OR_RETURN(y, scaled(call, std::move(y), alpha));
  }
  if (call.has(6)) {
    RHEO_ASSIGN_OR_RETURN(ImportValue bias, bias_of(call, alpha));
    RHEO_ASSIGN_OR_RETURN(y, call.emit(OpKind::add, {&y, &bias}));
  }
  if (call.has(7)) return answer_quantized(call, std::move(y), 7, 8, call.dtype(0));
  call.answer(std::move(y));
  return {};
}

}  // namespace rheo::onnx

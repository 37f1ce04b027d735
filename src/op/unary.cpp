// SPDX-License-Identifier: Apache-2.0
#include "op/schema_functions.h"

namespace rheo {
namespace {

std::vector<TensorType> bool_like_input(const OpContext& context) {
  return {{.dtype = DType::boolean, .shape = input_type(context, 0).shape, .quantization = {}}};
}

}  // namespace

Types infer_signed_unary(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(require_dtype(context, 0, "x", {DType::f32, DType::bf16, DType::i32, DType::i64}));
  return std::vector{input_type(context, 0)};
}

Types infer_classify(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(require_dtype(context, 0, "x", {DType::f32, DType::bf16}));
  return bool_like_input(context);
}

Types infer_logical_not(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(require_dtype(context, 0, "x", {DType::boolean}));
  return bool_like_input(context);
}

}  // namespace rheo

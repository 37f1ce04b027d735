// SPDX-License-Identifier: Apache-2.0
#include "op/schema_functions.h"

namespace rheo {
namespace {

Types bool_of_both(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(require_dtype(context, 1, "b", {input_type(context, 0).dtype}));
  TensorType output{.dtype = DType::boolean, .shape = {}, .quantization = {}};
  RHEO_ASSIGN_OR_RETURN(output.shape, broadcast_shapes(input_type(context, 0).shape, input_type(context, 1).shape));
  return std::vector{std::move(output)};
}

}  // namespace

Types infer_equal(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(
      require_dtype(context, 0, "a", {DType::f32, DType::bf16, DType::i32, DType::i64, DType::boolean}));
  return bool_of_both(context);
}

Types infer_order(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(require_dtype(context, 0, "a", {DType::f32, DType::bf16, DType::i32, DType::i64}));
  return bool_of_both(context);
}

Types infer_logical(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(require_dtype(context, 0, "a", {DType::boolean}));
  return bool_of_both(context);
}

}  // namespace rheo

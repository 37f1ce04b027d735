// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "op/schema_functions.h"

namespace rheo {
namespace {

bool is_float(DType dtype) { return dtype == DType::f32 || dtype == DType::bf16; }

// The dtype of the first input and the shape both broadcast to.
Types broadcast_type(const OpContext& context) {
  TensorType output{.dtype = input_type(context, 0).dtype, .shape = {}, .quantization = {}};
  RHEO_ASSIGN_OR_RETURN(output.shape, broadcast_shapes(input_type(context, 0).shape, input_type(context, 1).shape));
  return std::vector{std::move(output)};
}

}  // namespace

Types infer_arithmetic(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(require_dtype(context, 0, "a", {DType::f32, DType::bf16, DType::i32, DType::i64}));
  RHEO_RETURN_IF_ERROR(require_dtype(context, 1, "b", {input_type(context, 0).dtype}));
  return broadcast_type(context);
}

Types infer_pow(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(require_dtype(context, 0, "base", {DType::f32, DType::bf16, DType::i32, DType::i64}));
  const DType base = input_type(context, 0).dtype;
  RHEO_RETURN_IF_ERROR(is_float(base) ? require_dtype(context, 1, "exponent", {base, DType::i32, DType::i64})
                                      : require_dtype(context, 1, "exponent", {base}));
  return broadcast_type(context);
}

Types infer_prelu(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(require_dtype(context, 0, "x", {DType::f32, DType::bf16}));
  RHEO_RETURN_IF_ERROR(require_dtype(context, 1, "slope", {input_type(context, 0).dtype}));
  RHEO_ASSIGN_OR_RETURN(std::vector<TensorType> types, broadcast_type(context));
  if (types[0].shape == input_type(context, 0).shape) return types;
  return misfit(fmt::format("{}, which does not broadcast to {} of x.", describe_input(context, 1, "slope"),
                            input_type(context, 0).shape.to_string()));
}

}  // namespace rheo

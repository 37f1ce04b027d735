// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include <fmt/format.h>

#include "op/schema_functions.h"

namespace rheo {

Types infer_quantize(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(require_dtype(context, 0, "x", {DType::f32, DType::bf16}));
  RHEO_RETURN_IF_ERROR(require_attribute(context, "dtype"));
  TensorType output{.dtype = DType::i8, .shape = input_type(context, 0).shape, .quantization = {}};
  RHEO_ASSIGN_OR_RETURN(output.dtype, dtype_attribute(context, "dtype", {DType::u8, DType::i8}, DType::i8));
  const auto scale = static_cast<float>(context.attributes.real("scale"));
  if (!std::isfinite(scale) || scale <= 0)
    return misfit(fmt::format("\"scale\" must be given and a positive number, not {}.", scale));
  output.quantization.scales = {scale};
  RHEO_ASSIGN_OR_RETURN(output.quantization.zero_point, zero_point_attribute(context, "zero_point", output.dtype));
  return std::vector{std::move(output)};
}

Types infer_dequantize(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(require_dtype(context, 0, "x", {DType::u8, DType::i8}));
  const TensorType& x = input_type(context, 0);
  if (x.quantization.empty())
    return misfit(fmt::format("{} without a scale, so its real values are unknown.", describe_input(context, 0, "x")));
  TensorType output{.dtype = DType::f32, .shape = x.shape, .quantization = {}};
  RHEO_ASSIGN_OR_RETURN(output.dtype, dtype_attribute(context, "dtype", {DType::f32, DType::bf16}, DType::f32));
  return std::vector{std::move(output)};
}

Types infer_cast(const OpContext& context) {
  const TensorType& x = input_type(context, 0);
  if (!x.quantization.empty())
    return misfit(
        fmt::format("{} with a scale, which a cast would lose; use dequantize.", describe_input(context, 0, "x")));
  RHEO_RETURN_IF_ERROR(require_attribute(context, "dtype"));
  TensorType output{.dtype = x.dtype, .shape = x.shape, .quantization = {}};
  RHEO_ASSIGN_OR_RETURN(output.dtype, dtype_attribute(context, "dtype",
                                                      {DType::f32, DType::bf16, DType::f16, DType::i8, DType::u8,
                                                       DType::i32, DType::i64, DType::boolean},
                                                      x.dtype));
  return std::vector{std::move(output)};
}

Types infer_reorder(const OpContext& context) { return std::vector{input_type(context, 0)}; }

}  // namespace rheo

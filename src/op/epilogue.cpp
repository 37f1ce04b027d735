// SPDX-License-Identifier: Apache-2.0
#include "op/epilogue.h"

#include <cmath>

#include <fmt/format.h>

#include "op/inference.h"

namespace rheo {
namespace {

Status check_weights(const OpContext& context, std::int64_t out_channels) {
  const DType x = input_type(context, 0).dtype;
  const bool is_rounded = x == DType::f32 && input_type(context, 1).dtype == DType::i8;
  if (!is_8bit(x) && !is_rounded) return require_dtype(context, 1, "weights", {x});
  if (is_8bit(x)) RHEO_RETURN_IF_ERROR(require_one_scale(context, 0, "x"));
  RHEO_RETURN_IF_ERROR(require_dtype(context, 1, "weights", {DType::i8}));
  const Quantization& quantization = input_type(context, 1).quantization;
  const std::size_t count = quantization.scales.size();
  if (count == 1 || (count == static_cast<std::size_t>(out_channels) && quantization.axis == 0)) return {};
  return misfit(
      fmt::format("{} with {} scales along axis {}, but one scale, or one per output channel ({}), is needed.",
                  describe_input(context, 1, "weights"), count, quantization.axis, out_channels));
}

Status check_bias(const OpContext& context, std::int64_t out_channels) {
  if (!has_input(context, kBiasInput)) return {};
  RHEO_RETURN_IF_ERROR(require_dtype(context, kBiasInput, "bias", {DType::f32}));
  if (input_type(context, kBiasInput).shape == Shape{out_channels}) return {};
  return misfit(fmt::format("{}, but weights {} need a bias of [{}].", describe_input(context, kBiasInput, "bias"),
                            input_type(context, 1).shape.to_string(), out_channels));
}

Status check_residual(const OpContext& context, const Shape& output_shape) {
  if (!has_input(context, kResidualInput)) return {};
  const TensorType& residual = input_type(context, kResidualInput);
  switch (input_type(context, 0).dtype) {
    case DType::f32: RHEO_RETURN_IF_ERROR(require_dtype(context, kResidualInput, "residual", {DType::f32})); break;
    case DType::bf16:
      RHEO_RETURN_IF_ERROR(require_dtype(context, kResidualInput, "residual", {DType::f32, DType::bf16}));
      break;
    default:
      RHEO_RETURN_IF_ERROR(
          require_dtype(context, kResidualInput, "residual", {DType::f32, DType::bf16, DType::u8, DType::i8}));
  }
  if (is_8bit(residual.dtype)) RHEO_RETURN_IF_ERROR(require_one_scale(context, kResidualInput, "residual"));
  if (residual.shape == output_shape) return {};
  return misfit(fmt::format("{}, but it must have the shape of the result, {}.",
                            describe_input(context, kResidualInput, "residual"), output_shape.to_string()));
}

Result<DType> result_dtype(const OpContext& context, bool may_round_f32) {
  switch (input_type(context, 0).dtype) {
    case DType::f32:
      return may_round_f32 ? dtype_attribute(context, "out_dtype", {DType::f32, DType::bf16}, DType::f32)
                           : dtype_attribute(context, "out_dtype", {DType::f32}, DType::f32);
    case DType::bf16: return dtype_attribute(context, "out_dtype", {DType::bf16, DType::f32}, DType::bf16);
    default: return dtype_attribute(context, "out_dtype", {DType::u8, DType::i8, DType::f32, DType::bf16}, DType::f32);
  }
}

}  // namespace

Epilogue Epilogue::from(const Attributes& attributes) {
  Epilogue epilogue;
  if (const std::string_view name = attributes.text("activation"); !name.empty()) {
    if (const Result<OpKind> kind = op_from_name(name); kind.ok())
      epilogue.activation = ActivationSettings::fused(*kind, attributes);
  }
  if (const Result<DType> dtype = dtype_from_name(attributes.text("out_dtype")); dtype.ok())
    epilogue.out_dtype = *dtype;
  epilogue.out_scale = static_cast<float>(attributes.real("out_scale", 1));
  return epilogue;
}

Result<TensorType> infer_result_type(const OpContext& context, const Shape& shape, bool may_round_f32) {
  TensorType output;
  RHEO_ASSIGN_OR_RETURN(output.dtype, result_dtype(context, may_round_f32));
  output.shape = shape;
  if (is_8bit(output.dtype)) {
    const auto scale = static_cast<float>(context.attributes.real("out_scale"));
    if (!std::isfinite(scale) || scale <= 0)
      return misfit(fmt::format("\"out_dtype\" is {}, so \"out_scale\" must be a positive number, not {}.",
                                name_of(output.dtype), scale));
    output.quantization.scales = {scale};
    RHEO_ASSIGN_OR_RETURN(output.quantization.zero_point,
                          zero_point_attribute(context, "out_zero_point", output.dtype));
  }
  return output;
}

Result<TensorType> infer_product_type(const OpContext& context, const Shape& output_shape, std::int64_t out_channels) {
  RHEO_RETURN_IF_ERROR(require_dtype(context, 0, "x", {DType::f32, DType::bf16, DType::u8, DType::i8}));
  RHEO_RETURN_IF_ERROR(check_weights(context, out_channels));
  RHEO_RETURN_IF_ERROR(check_bias(context, out_channels));
  RHEO_RETURN_IF_ERROR(check_residual(context, output_shape));
  RHEO_RETURN_IF_ERROR(check_fused_activation(context));
  return infer_result_type(context, output_shape, input_type(context, kWeightsInput).dtype == DType::f32);
}

}  // namespace rheo

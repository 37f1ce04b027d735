// SPDX-License-Identifier: Apache-2.0
#include "op/conv_transpose2d.h"

#include <fmt/format.h>

#include "base/checked.h"
#include "op/schema_functions.h"

namespace rheo {
namespace {

// Far above any real picture; sizes below it are multiplied by a stride without overflow.
constexpr std::int64_t kLargestSide = std::int64_t{1} << 32;

Status check_channels(const OpContext& context) {
  const Shape& x = input_type(context, 0).shape;
  const Shape& weights = input_type(context, 1).shape;
  const std::int64_t groups = context.attributes.integer("groups", 1);
  if (groups < 1) return misfit(fmt::format("\"groups\" is {}, but at least 1 is needed.", groups));
  if (x[1] < 1 || weights[1] < 1)
    return misfit(fmt::format("{} and {}, but every channel count must be known and at least 1.",
                              describe_input(context, 0, "x"), describe_input(context, 1, "weights")));
  if (x[1] != weights[0] || x[1] % groups != 0 || !checked_mul(weights[1], groups))
    return misfit(
        fmt::format("{}, but x is {}: the channels of x must be dimension 0 of the weights and divide into "
                    "{} groups.",
                    describe_input(context, 1, "weights"), x.to_string(), groups));
  return {};
}

Result<std::int64_t> output_size(const ConvTranspose2dSettings& settings, std::size_t dim, std::int64_t input) {
  if (input == kDynamic) return kDynamic;
  const Window2d& window = settings.window;
  if (input < 1 || input > kLargestSide)
    return misfit(fmt::format("a {} of {} is outside [1, {}].", dim == 0 ? "height" : "width", input, kLargestSide));
  const std::int64_t size = (input - 1) * window.strides[dim] + window.extent(dim) + settings.output_padding[dim] -
                            window.pads_begin[dim] - window.pads_end[dim];
  if (size >= 1) return size;
  return misfit(fmt::format("pads of {} and {} leave nothing of the result along its {}.", window.pads_begin[dim],
                            window.pads_end[dim], dim == 0 ? "height" : "width"));
}

}  // namespace

ConvTranspose2dSettings ConvTranspose2dSettings::from(const Attributes& attributes, const Shape& weights) {
  ConvTranspose2dSettings settings;
  settings.window = window_from(attributes, {weights[2], weights[3]}, {1, 1});
  const std::vector<std::int64_t> padding = attributes.integers("output_padding", {0, 0});
  if (padding.size() == 2) settings.output_padding = {padding[0], padding[1]};
  settings.groups = attributes.integer("groups", 1);
  settings.epilogue = Epilogue::from(attributes);
  return settings;
}

Types infer_conv_transpose2d(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(require_dtype(context, 0, "x", {DType::f32, DType::bf16}));
  RHEO_RETURN_IF_ERROR(require_rank(context, 0, "x", 4));
  RHEO_RETURN_IF_ERROR(require_rank(context, 1, "weights", 4));
  RHEO_RETURN_IF_ERROR(check_channels(context));
  const Shape& x = input_type(context, 0).shape;
  const Shape& weights = input_type(context, 1).shape;
  RHEO_RETURN_IF_ERROR(check_window(context, {weights[2], weights[3]}));
  RHEO_RETURN_IF_ERROR(require_list(context, "output_padding", 2, 0, kLargestWindowSetting));
  const ConvTranspose2dSettings settings = ConvTranspose2dSettings::from(context.attributes, weights);
  RHEO_ASSIGN_OR_RETURN(const std::int64_t height, output_size(settings, 0, x[2]));
  RHEO_ASSIGN_OR_RETURN(const std::int64_t width, output_size(settings, 1, x[3]));
  const std::int64_t channels = weights[1] * settings.groups;
  RHEO_ASSIGN_OR_RETURN(TensorType output, infer_product_type(context, Shape{x[0], channels, height, width}, channels));
  return std::vector{std::move(output)};
}

std::int64_t conv_transpose2d_multiply_adds(const OpContext& context, const TensorType&) {
  const Shape& weights = input_type(context, 1).shape;
  return saturating_product(saturating_elements(input_type(context, 0).shape),
                            saturating_elements(Shape{weights[1], weights[2], weights[3]}));
}

}  // namespace rheo

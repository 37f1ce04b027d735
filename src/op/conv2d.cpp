// SPDX-License-Identifier: Apache-2.0
#include "op/conv2d.h"

#include <fmt/format.h>

#include "op/schema_functions.h"

namespace rheo {

Conv2dSettings Conv2dSettings::from(const Attributes& attributes, const Shape& weights) {
  Conv2dSettings settings;
  settings.window = window_from(attributes, {weights[2], weights[3]}, {1, 1});
  settings.groups = attributes.integer("groups", 1);
  settings.epilogue = Epilogue::from(attributes);
  return settings;
}

namespace {

Status check_channels(const OpContext& context) {
  const Shape& x = input_type(context, 0).shape;
  const Shape& weights = input_type(context, 1).shape;
  const std::int64_t groups = context.attributes.integer("groups", 1);
  if (groups < 1) return misfit(fmt::format("\"groups\" is {}, but at least 1 is needed.", groups));
  if (x[1] < 1 || weights[0] < 1 || weights[1] < 1)
    return misfit(fmt::format("{} and {}, but every channel count must be known and at least 1.",
                              describe_input(context, 0, "x"), describe_input(context, 1, "weights")));
  if (x[1] % groups != 0 || weights[0] % groups != 0)
    return misfit(fmt::format("{} groups divide neither evenly: {}, {}.", groups, describe_input(context, 0, "x"),
                              describe_input(context, 1, "weights")));
  if (x[1] / groups == weights[1]) return {};
  return misfit(fmt::format("{}, but x is {}: with groups {} the weights need {} input channels in dimension 1.",
                            describe_input(context, 1, "weights"), x.to_string(), groups, x[1] / groups));
}

}  // namespace

Types infer_conv2d(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(require_rank(context, 0, "x", 4));
  RHEO_RETURN_IF_ERROR(require_rank(context, 1, "weights", 4));
  RHEO_RETURN_IF_ERROR(check_channels(context));
  const Shape& x = input_type(context, 0).shape;
  const Shape& weights = input_type(context, 1).shape;
  RHEO_RETURN_IF_ERROR(check_window(context, {weights[2], weights[3]}));
  const Window2d window = Conv2dSettings::from(context.attributes, weights).window;
  RHEO_ASSIGN_OR_RETURN(const std::int64_t height, window_count(window, 0, x[2]));
  RHEO_ASSIGN_OR_RETURN(const std::int64_t width, window_count(window, 1, x[3]));
  RHEO_ASSIGN_OR_RETURN(TensorType output,
                        infer_product_type(context, Shape{x[0], weights[0], height, width}, weights[0]));
  return std::vector{std::move(output)};
}

std::int64_t conv2d_multiply_adds(const OpContext& context, const TensorType& output) {
  const Shape& weights = input_type(context, 1).shape;
  return saturating_product(saturating_elements(output.shape),
                            saturating_elements(Shape{weights[1], weights[2], weights[3]}));
}

}  // namespace rheo

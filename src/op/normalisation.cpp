// SPDX-License-Identifier: Apache-2.0
#include "op/normalisation.h"

#include <fmt/format.h>

#include "op/schema_functions.h"

namespace rheo {
namespace {

constexpr double kDefaultEpsilon = 1e-5;

Status check_epsilon(const OpContext& context) {
  const double epsilon = context.attributes.real("epsilon", kDefaultEpsilon);
  if (epsilon >= 0) return {};
  return misfit(fmt::format("\"epsilon\" is {}, but it must not be negative.", epsilon));
}

Status require_parameter(const OpContext& context, std::size_t input, std::string_view name, const Shape& shape) {
  if (!has_input(context, input)) return {};
  RHEO_RETURN_IF_ERROR(require_dtype(context, input, name, {DType::f32}));
  if (input_type(context, input).shape == shape) return {};
  return misfit(fmt::format("{}, but x {} needs {}.", describe_input(context, input, name),
                            input_type(context, 0).shape.to_string(), shape.to_string()));
}

}  // namespace

BatchNormSettings BatchNormSettings::from(const Attributes& attributes) {
  return {.epsilon = attributes.real("epsilon", kDefaultEpsilon)};
}

LayerNormSettings LayerNormSettings::from(const Attributes& attributes) {
  return {.epsilon = attributes.real("epsilon", kDefaultEpsilon),
          .axes = static_cast<std::size_t>(attributes.integer("axes", 1))};
}

Types infer_batch_norm(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(require_dtype(context, 0, "x", {DType::f32, DType::bf16}));
  const TensorType& x = input_type(context, 0);
  if (x.shape.rank() < 2 || x.shape[1] == kDynamic)
    return misfit(fmt::format("{}, but rank 2 or more and known channels in dimension 1 are needed.",
                              describe_input(context, 0, "x")));
  RHEO_RETURN_IF_ERROR(check_epsilon(context));
  const Shape channels{x.shape[1]};
  RHEO_RETURN_IF_ERROR(require_parameter(context, 1, "scale", channels));
  RHEO_RETURN_IF_ERROR(require_parameter(context, 2, "shift", channels));
  RHEO_RETURN_IF_ERROR(require_parameter(context, 3, "mean", channels));
  RHEO_RETURN_IF_ERROR(require_parameter(context, 4, "variance", channels));
  return std::vector{x};
}

GroupNormSettings GroupNormSettings::from(const Attributes& attributes) {
  return {.epsilon = attributes.real("epsilon", kDefaultEpsilon), .groups = attributes.integer("groups", 1)};
}

Types infer_group_norm(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(require_dtype(context, 0, "x", {DType::f32, DType::bf16}));
  const TensorType& x = input_type(context, 0);
  if (x.shape.rank() < 2)
    return misfit(fmt::format("{}, but rank 2 or more is needed.", describe_input(context, 0, "x")));
  for (std::size_t axis = 1; axis < x.shape.rank(); ++axis)
    RHEO_RETURN_IF_ERROR(keep_items_apart(context, 0, "x", axis));
  const std::int64_t groups = GroupNormSettings::from(context.attributes).groups;
  if (groups < 1 || x.shape[1] % groups != 0)
    return misfit(fmt::format("\"groups\" is {}, but {}: the groups must divide the channels in dimension 1.", groups,
                              describe_input(context, 0, "x")));
  RHEO_RETURN_IF_ERROR(check_epsilon(context));
  RHEO_RETURN_IF_ERROR(require_parameter(context, 1, "scale", Shape{x.shape[1]}));
  RHEO_RETURN_IF_ERROR(require_parameter(context, 2, "shift", Shape{x.shape[1]}));
  return std::vector{x};
}

namespace {

// What layer_norm and rms_norm have in common; `parameters` names what may follow x.
Types infer_last_axes(const OpContext& context, std::initializer_list<std::string_view> parameters) {
  RHEO_RETURN_IF_ERROR(require_dtype(context, 0, "x", {DType::f32, DType::bf16}));
  const TensorType& x = input_type(context, 0);
  const std::int64_t axes = context.attributes.integer("axes", 1);
  if (axes < 1 || axes > static_cast<std::int64_t>(x.shape.rank()))
    return misfit(fmt::format("\"axes\" is {}, but {}; between 1 and all dimensions can be normalised.", axes,
                              describe_input(context, 0, "x")));
  RHEO_RETURN_IF_ERROR(check_epsilon(context));
  for (std::size_t axis = x.shape.rank() - static_cast<std::size_t>(axes); axis < x.shape.rank(); ++axis)
    RHEO_RETURN_IF_ERROR(keep_items_apart(context, 0, "x", axis));
  const Shape normalised(x.shape.dims().last(static_cast<std::size_t>(axes)));
  std::size_t input = 0;
  for (const std::string_view name : parameters)
    RHEO_RETURN_IF_ERROR(require_parameter(context, ++input, name, normalised));
  return std::vector{x};
}

}  // namespace

Types infer_layer_norm(const OpContext& context) { return infer_last_axes(context, {"scale", "shift"}); }

Types infer_rms_norm(const OpContext& context) { return infer_last_axes(context, {"scale"}); }

}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
#include "op/reduction.h"

#include <fmt/format.h>

#include "op/schema_functions.h"

namespace rheo {
namespace {

// `x` without the dimensions that are reduced, or with 1 in their place.
Shape reduced_shape(const Shape& x, const std::array<bool, Shape::kMaxRank>& is_reduced, bool keep_dims) {
  Shape shape;
  for (std::size_t axis = 0; axis < x.rank(); ++axis) {
    if (!is_reduced[axis]) shape.push_back(x[axis]);
    if (is_reduced[axis] && keep_dims) shape.push_back(1);
  }
  return shape;
}

Types infer_reduce_checked(const OpContext& context) {
  const TensorType& x = input_type(context, 0);
  for (std::int64_t axis : context.attributes.integers("axes"))
    RHEO_RETURN_IF_ERROR(axis_in_rank("axes", axis, x.shape.rank()).status());
  const ReduceSettings settings = ReduceSettings::from(context.attributes, x.shape.rank());
  for (std::size_t axis = 0; axis < x.shape.rank(); ++axis) {
    if (settings.is_reduced[axis]) RHEO_RETURN_IF_ERROR(keep_items_apart(context, 0, "x", axis));
  }
  return std::vector{TensorType{
      .dtype = x.dtype, .shape = reduced_shape(x.shape, settings.is_reduced, settings.keep_dims), .quantization = {}}};
}

}  // namespace

ReduceSettings ReduceSettings::from(const Attributes& attributes, std::size_t rank) {
  ReduceSettings settings;
  const std::vector<std::int64_t> axes = attributes.integers("axes");
  for (std::size_t axis = 0; axis < rank; ++axis) settings.is_reduced[axis] = axes.empty();
  for (std::int64_t axis : axes) {
    if (const Result<std::size_t> index = axis_in_rank("axes", axis, rank); index.ok())
      settings.is_reduced[*index] = true;
  }
  settings.keep_dims = attributes.integer("keep_dims") != 0;
  return settings;
}

ArgExtremeSettings ArgExtremeSettings::from(const Attributes& attributes, std::size_t rank) {
  return {.axis = axis_attribute(attributes, 0, rank),
          .keep_dims = attributes.integer("keep_dims") != 0,
          .select_last = attributes.integer("select_last") != 0};
}

Types infer_reduce(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(require_dtype(context, 0, "x", {DType::f32, DType::bf16, DType::i32, DType::i64}));
  return infer_reduce_checked(context);
}

Types infer_float_reduce(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(require_dtype(context, 0, "x", {DType::f32, DType::bf16}));
  return infer_reduce_checked(context);
}

Types infer_arg_extreme(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(require_ordered(context, 0, "x"));
  RHEO_RETURN_IF_ERROR(refuse_scales_along_axis(context, 0, "x"));
  const Shape& x = input_type(context, 0).shape;
  RHEO_ASSIGN_OR_RETURN(const std::size_t axis, axis_in_rank("axis", context.attributes.integer("axis"), x.rank()));
  RHEO_RETURN_IF_ERROR(keep_items_apart(context, 0, "x", axis));
  if (x[axis] == 0)
    return misfit(fmt::format("{}: there is nothing to choose from along {}.", describe_input(context, 0, "x"), axis));
  std::array<bool, Shape::kMaxRank> is_reduced{};
  is_reduced[axis] = true;
  const bool keep_dims = ArgExtremeSettings::from(context.attributes, x.rank()).keep_dims;
  return std::vector{
      TensorType{.dtype = DType::i64, .shape = reduced_shape(x, is_reduced, keep_dims), .quantization = {}}};
}

}  // namespace rheo

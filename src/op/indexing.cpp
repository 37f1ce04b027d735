// SPDX-License-Identifier: Apache-2.0
// Gather, gather_elements, gather_nd and one_hot: the ops that read at indices.
#include "op/indexing.h"

#include <algorithm>

#include <fmt/format.h>

#include "op/schema_functions.h"

namespace rheo {
namespace {

bool has_dynamic(std::span<const std::int64_t> dims) {
  return std::find(dims.begin(), dims.end(), kDynamic) != dims.end();
}

Status both_open(const OpContext& context) {
  return misfit(fmt::format(
      "{} and {}: items of a batch would read each other's elements; use gather_elements, or gather_nd with "
      "\"batch_dims\".",
      describe_input(context, 0, "x"), describe_input(context, 1, "indices")));
}

}  // namespace

GatherSettings GatherSettings::from(const Attributes& attributes, std::size_t rank) {
  return {.axis = axis_attribute(attributes, 0, rank)};
}

GatherNdSettings GatherNdSettings::from(const Attributes& attributes) {
  return {.batch_dims = static_cast<std::size_t>(attributes.integer("batch_dims"))};
}

OneHotSettings OneHotSettings::from(const Attributes& attributes, std::size_t rank) {
  return {.axis = axis_attribute(attributes, -1, rank + 1), .depth = attributes.integer("depth")};
}

Status check_element_indices(const OpContext& context, std::size_t axis) {
  const Shape& x = input_type(context, 0).shape;
  const Shape& indices = input_type(context, 1).shape;
  RHEO_RETURN_IF_ERROR(require_rank(context, 1, "indices", x.rank()));
  RHEO_RETURN_IF_ERROR(keep_items_apart(context, 0, "x", axis));
  for (std::size_t dim = 0; dim < x.rank(); ++dim) {
    const bool one_is_open = (x[dim] == kDynamic) != (indices[dim] == kDynamic);
    if (dim != axis && (one_is_open || indices[dim] > x[dim]))
      return misfit(
          fmt::format("{}, but x is {}: outside axis {} indices must not be longer than x, and open where x "
                      "is.",
                      describe_input(context, 1, "indices"), describe(input_type(context, 0)), axis));
  }
  return {};
}

Types infer_gather(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(refuse_scales_along_axis(context, 0, "x"));
  RHEO_RETURN_IF_ERROR(require_indices(context, 1));
  const TensorType& x = input_type(context, 0);
  const Shape& indices = input_type(context, 1).shape;
  RHEO_ASSIGN_OR_RETURN(const std::size_t axis,
                        axis_in_rank("axis", context.attributes.integer("axis"), x.shape.rank()));
  RHEO_RETURN_IF_ERROR(keep_items_apart(context, 0, "x", axis));
  if (!x.shape.is_static() && !indices.is_static()) return both_open(context);
  if (x.shape.rank() - 1 + indices.rank() > Shape::kMaxRank)
    return misfit(fmt::format("{} and {}: the result would have more than {} dimensions.",
                              describe_input(context, 0, "x"), describe_input(context, 1, "indices"), Shape::kMaxRank));
  Shape shape(x.shape.dims().first(axis));
  for (const std::int64_t dim : indices.dims()) shape.push_back(dim);
  for (const std::int64_t dim : x.shape.dims().subspan(axis + 1)) shape.push_back(dim);
  return std::vector{TensorType{.dtype = x.dtype, .shape = shape, .quantization = x.quantization}};
}

Types infer_gather_elements(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(refuse_scales_along_axis(context, 0, "x"));
  RHEO_RETURN_IF_ERROR(require_indices(context, 1));
  const TensorType& x = input_type(context, 0);
  RHEO_ASSIGN_OR_RETURN(const std::size_t axis,
                        axis_in_rank("axis", context.attributes.integer("axis"), x.shape.rank()));
  RHEO_RETURN_IF_ERROR(check_element_indices(context, axis));
  return std::vector{
      TensorType{.dtype = x.dtype, .shape = input_type(context, 1).shape, .quantization = x.quantization}};
}

Types infer_gather_nd(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(refuse_scales_along_axis(context, 0, "x"));
  RHEO_RETURN_IF_ERROR(require_indices(context, 1));
  const TensorType& x = input_type(context, 0);
  const Shape& indices = input_type(context, 1).shape;
  const std::size_t rank = x.shape.rank();
  const std::int64_t asked = context.attributes.integer("batch_dims");
  if (asked < 0 || asked >= static_cast<std::int64_t>(std::min(rank, indices.rank())))
    return misfit(fmt::format("\"batch_dims\" is {}, but x has rank {} and indices have rank {}; it must be less.",
                              asked, rank, indices.rank()));
  const auto batch = static_cast<std::size_t>(asked);
  const std::int64_t tuple = indices[indices.rank() - 1];
  if (tuple < 1 || tuple > static_cast<std::int64_t>(rank - batch))
    return misfit(fmt::format("{}, so each row names {} dimensions, but x {} has {} behind the batch.",
                              describe_input(context, 1, "indices"), tuple, describe(x), rank - batch));
  const std::size_t indexed = static_cast<std::size_t>(tuple);
  if (!std::equal(x.shape.dims().begin(), x.shape.dims().begin() + asked, indices.dims().begin()))
    return misfit(fmt::format("{}, but x is {}: the first {} dimensions must agree.",
                              describe_input(context, 1, "indices"), describe(x), batch));
  for (std::size_t dim = batch; dim < batch + indexed; ++dim)
    RHEO_RETURN_IF_ERROR(keep_items_apart(context, 0, "x", dim));
  if (has_dynamic(x.shape.dims().subspan(batch)) && !indices.is_static()) return both_open(context);
  if (has_dynamic(x.shape.dims().first(batch)) && has_dynamic(indices.dims().subspan(batch))) return both_open(context);
  if (indices.rank() - 1 + rank - batch - indexed > Shape::kMaxRank)
    return misfit(fmt::format("the result would have more than {} dimensions.", Shape::kMaxRank));
  Shape shape(indices.dims().first(indices.rank() - 1));
  for (const std::int64_t dim : x.shape.dims().subspan(batch + indexed)) shape.push_back(dim);
  return std::vector{TensorType{.dtype = x.dtype, .shape = shape, .quantization = x.quantization}};
}

Types infer_one_hot(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(require_dtype(context, 0, "indices", {DType::i32, DType::i64}));
  RHEO_RETURN_IF_ERROR(refuse_scales_along_axis(context, 1, "values"));
  RHEO_RETURN_IF_ERROR(require_attribute(context, "depth"));
  const TensorType& values = input_type(context, 1);
  const Shape& indices = input_type(context, 0).shape;
  if (values.shape != Shape{2})
    return misfit(
        fmt::format("{}, but [2] is needed: what is off and what is on.", describe_input(context, 1, "values")));
  const std::int64_t depth = context.attributes.integer("depth");
  if (depth < 0) return misfit(fmt::format("\"depth\" is {}, but it must not be negative.", depth));
  if (indices.rank() == Shape::kMaxRank)
    return misfit(fmt::format("{}: no dimension can be added to it.", describe_input(context, 0, "indices")));
  RHEO_ASSIGN_OR_RETURN(const std::size_t axis,
                        axis_in_rank("axis", context.attributes.integer("axis", -1), indices.rank() + 1));
  Shape shape(indices.dims().first(axis));
  shape.push_back(depth);
  for (const std::int64_t dim : indices.dims().subspan(axis)) shape.push_back(dim);
  return std::vector{TensorType{.dtype = values.dtype, .shape = shape, .quantization = values.quantization}};
}

}  // namespace rheo

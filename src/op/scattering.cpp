// SPDX-License-Identifier: Apache-2.0
// scatter_elements and scatter_nd: the ops that write at indices. Their settings are in op/indexing.h.
#include <algorithm>

#include <fmt/format.h>

#include "op/indexing.h"
#include "op/schema_functions.h"

namespace rheo {
namespace {

constexpr std::string_view kReductions[] = {"none", "add", "mul", "min", "max"};

ScatterReduction reduction_of(std::string_view text) {
  const auto found = std::find(std::begin(kReductions), std::end(kReductions), text);
  return found == std::end(kReductions) ? ScatterReduction::none
                                        : static_cast<ScatterReduction>(found - std::begin(kReductions));
}

// Updates are of the type of x, and the reduction is one that this type has.
Status check_updates(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(refuse_scales_along_axis(context, 0, "x"));
  RHEO_RETURN_IF_ERROR(require_indices(context, 1));
  const TensorType& x = input_type(context, 0);
  const TensorType& updates = input_type(context, 2);
  if (updates.dtype != x.dtype || updates.quantization != x.quantization)
    return misfit(fmt::format("{}, but x is {}: both need one dtype and scale.", describe_input(context, 2, "updates"),
                              describe(x)));
  const std::string_view text = context.attributes.text("reduction", kReductions[0]);
  const ScatterReduction reduction = reduction_of(text);
  if (text != kReductions[static_cast<std::size_t>(reduction)])
    return misfit(fmt::format("\"reduction\" is \"{}\", but it must be none, add, mul, min or max.", text));
  if (reduction == ScatterReduction::min || reduction == ScatterReduction::max) return require_ordered(context, 0, "x");
  if (reduction == ScatterReduction::none) return {};
  return require_dtype(context, 0, "x", {DType::f32, DType::bf16, DType::i32, DType::i64});
}

Status require_updates(const OpContext& context, const Shape& shape) {
  if (input_type(context, 2).shape == shape) return {};
  return misfit(fmt::format("{}, but {} is needed to go with indices {}.", describe_input(context, 2, "updates"),
                            shape.to_string(), input_type(context, 1).shape.to_string()));
}

Status refuse_open_indices(const OpContext& context) {
  return misfit(fmt::format("{}: items of a batch would write over each other's elements.",
                            describe_input(context, 1, "indices")));
}

}  // namespace

ScatterSettings ScatterSettings::from(const Attributes& attributes, std::size_t rank) {
  return {.axis = axis_attribute(attributes, 0, rank),
          .reduction = reduction_of(attributes.text("reduction", kReductions[0]))};
}

Types infer_scatter_elements(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(check_updates(context));
  const TensorType& x = input_type(context, 0);
  RHEO_ASSIGN_OR_RETURN(const std::size_t axis,
                        axis_in_rank("axis", context.attributes.integer("axis"), x.shape.rank()));
  RHEO_RETURN_IF_ERROR(check_element_indices(context, axis));
  const Shape& indices = input_type(context, 1).shape;
  if (indices[axis] == kDynamic) return refuse_open_indices(context);
  RHEO_RETURN_IF_ERROR(require_updates(context, indices));
  return std::vector{x};
}

Types infer_scatter_nd(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(check_updates(context));
  const TensorType& x = input_type(context, 0);
  const Shape& indices = input_type(context, 1).shape;
  if (!indices.is_static()) return refuse_open_indices(context);
  const std::int64_t tuple = indices.rank() == 0 ? 0 : indices[indices.rank() - 1];
  if (tuple < 1 || tuple > static_cast<std::int64_t>(x.shape.rank()))
    return misfit(fmt::format("{}, but its last dimension must say how many of the {} dimensions of x it names.",
                              describe_input(context, 1, "indices"), x.shape.rank()));
  const auto indexed = static_cast<std::size_t>(tuple);
  for (std::size_t dim = 0; dim < indexed; ++dim) RHEO_RETURN_IF_ERROR(keep_items_apart(context, 0, "x", dim));
  Shape shape(indices.dims().first(indices.rank() - 1));
  for (const std::int64_t dim : x.shape.dims().subspan(indexed)) {
    if (!shape.push_back(dim))
      return misfit(fmt::format("updates would need more than {} dimensions.", Shape::kMaxRank));
  }
  RHEO_RETURN_IF_ERROR(require_updates(context, shape));
  return std::vector{x};
}

}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
#include "op/ordering.h"

#include <fmt/format.h>

#include "op/schema_functions.h"

namespace rheo {

TopKSettings TopKSettings::from(const Attributes& attributes, std::size_t rank) {
  return {.axis = axis_attribute(attributes, -1, rank),
          .k = attributes.integer("k"),
          .is_largest = attributes.integer("largest", 1) != 0};
}

CumsumSettings CumsumSettings::from(const Attributes& attributes, std::size_t rank) {
  return {.axis = axis_attribute(attributes, 0, rank),
          .is_exclusive = attributes.integer("exclusive") != 0,
          .is_reverse = attributes.integer("reverse") != 0};
}

Types infer_top_k(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(require_ordered(context, 0, "x"));
  RHEO_RETURN_IF_ERROR(refuse_scales_along_axis(context, 0, "x"));
  RHEO_RETURN_IF_ERROR(require_attribute(context, "k"));
  TensorType values = input_type(context, 0);
  const std::int64_t k = context.attributes.integer("k");
  RHEO_ASSIGN_OR_RETURN(const std::size_t axis,
                        axis_in_rank("axis", context.attributes.integer("axis", -1), values.shape.rank()));
  RHEO_RETURN_IF_ERROR(keep_items_apart(context, 0, "x", axis));
  if (k < 0 || k > values.shape[axis])
    return misfit(fmt::format("{}: \"k\" is {}, but dimension {} has {} elements.", describe_input(context, 0, "x"), k,
                              axis, values.shape[axis]));
  values.shape[axis] = k;
  TensorType indices{.dtype = DType::i64, .shape = values.shape, .quantization = {}};
  return std::vector{std::move(values), std::move(indices)};
}

Types infer_cumsum(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(require_dtype(context, 0, "x", {DType::f32, DType::bf16, DType::i32, DType::i64}));
  RHEO_RETURN_IF_ERROR(require_attribute(context, "axis"));
  const TensorType& x = input_type(context, 0);
  RHEO_ASSIGN_OR_RETURN(const std::size_t axis,
                        axis_in_rank("axis", context.attributes.integer("axis"), x.shape.rank()));
  RHEO_RETURN_IF_ERROR(keep_items_apart(context, 0, "x", axis));
  return std::vector{x};
}

}  // namespace rheo

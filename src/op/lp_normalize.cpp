// SPDX-License-Identifier: Apache-2.0
#include "op/lp_normalize.h"

#include <fmt/format.h>

#include "op/schema_functions.h"

namespace rheo {

LpNormalizeSettings LpNormalizeSettings::from(const Attributes& attributes, std::size_t rank) {
  const Result<std::size_t> axis = axis_in_rank("axis", attributes.integer("axis", -1), rank);
  return {.axis = axis.ok() ? *axis : 0, .p = attributes.integer("p", 2)};
}

Types infer_lp_normalize(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(require_dtype(context, 0, "x", {DType::f32, DType::bf16}));
  const TensorType& x = input_type(context, 0);
  RHEO_ASSIGN_OR_RETURN(const std::size_t axis,
                        axis_in_rank("axis", context.attributes.integer("axis", -1), x.shape.rank()));
  RHEO_RETURN_IF_ERROR(keep_items_apart(context, 0, "x", axis));
  const std::int64_t p = LpNormalizeSettings::from(context.attributes, x.shape.rank()).p;
  if (p != 1 && p != 2) return misfit(fmt::format("\"p\" is {}, but only norms 1 and 2 are known.", p));
  return std::vector{x};
}

}  // namespace rheo

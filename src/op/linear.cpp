// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "op/epilogue.h"
#include "op/schema_functions.h"

namespace rheo {

Types infer_linear(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(require_rank(context, 1, "weights", 2));
  const Shape& x = input_type(context, 0).shape;
  const Shape& weights = input_type(context, 1).shape;
  if (x.rank() < 1) return misfit(fmt::format("{}, but rank 1 or more is needed.", describe_input(context, 0, "x")));
  if (weights[0] < 1 || weights[1] < 1 || x[x.rank() - 1] != weights[1])
    return misfit(fmt::format("{}, but x is {}: weights must be [out, in] with in equal to the last dimension of x.",
                              describe_input(context, 1, "weights"), x.to_string()));
  Shape shape = x;
  shape[shape.rank() - 1] = weights[0];
  RHEO_ASSIGN_OR_RETURN(TensorType output, infer_product_type(context, shape, weights[0]));
  return std::vector{std::move(output)};
}

std::int64_t linear_multiply_adds(const OpContext& context, const TensorType& output) {
  return saturating_product(saturating_elements(output.shape), input_type(context, 1).shape[1]);
}

}  // namespace rheo

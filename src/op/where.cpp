// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "op/schema_functions.h"

namespace rheo {

Types infer_where(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(require_dtype(context, 0, "condition", {DType::boolean}));
  RHEO_RETURN_IF_ERROR(refuse_scales_along_axis(context, 1, "a"));
  const TensorType& a = input_type(context, 1);
  const TensorType& b = input_type(context, 2);
  RHEO_RETURN_IF_ERROR(require_dtype(context, 2, "b", {a.dtype}));
  if (a.quantization != b.quantization)
    return misfit(fmt::format("{} with another scale than {}; dequantize both.", describe_input(context, 1, "a"),
                              describe_input(context, 2, "b")));
  TensorType output{.dtype = a.dtype, .shape = {}, .quantization = a.quantization};
  RHEO_ASSIGN_OR_RETURN(const Shape values, broadcast_shapes(a.shape, b.shape));
  RHEO_ASSIGN_OR_RETURN(output.shape, broadcast_shapes(input_type(context, 0).shape, values));
  return std::vector{std::move(output)};
}

}  // namespace rheo

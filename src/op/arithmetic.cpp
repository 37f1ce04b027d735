// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "op/schema_functions.h"

namespace rheo {

Types infer_arithmetic(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(require_dtype(context, 0, "a", {DType::f32, DType::bf16}));
  RHEO_RETURN_IF_ERROR(require_dtype(context, 1, "b", {input_type(context, 0).dtype}));
  TensorType output{.dtype = input_type(context, 0).dtype, .shape = {}, .quantization = {}};
  RHEO_ASSIGN_OR_RETURN(output.shape, broadcast_shapes(input_type(context, 0).shape, input_type(context, 1).shape));
  return std::vector{std::move(output)};
}

}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "op/schema_functions.h"

namespace rheo {
namespace {

// All but the last two dimensions.
Shape batch_of(const Shape& shape) { return Shape(shape.dims().first(shape.rank() - 2)); }

}  // namespace

Types infer_matmul(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(require_dtype(context, 0, "a", {DType::f32, DType::bf16}));
  RHEO_RETURN_IF_ERROR(require_dtype(context, 1, "b", {input_type(context, 0).dtype}));
  const Shape& a = input_type(context, 0).shape;
  const Shape& b = input_type(context, 1).shape;
  if (a.rank() < 2 || b.rank() < 2)
    return misfit(fmt::format("{} and {}, but both need rank 2 or more.", describe_input(context, 0, "a"),
                              describe_input(context, 1, "b")));
  if (a[a.rank() - 1] != b[b.rank() - 2])
    return misfit(fmt::format("{}, but a is {}: its last dimension must equal the one before the last of b.",
                              describe_input(context, 1, "b"), a.to_string()));
  TensorType output{.dtype = input_type(context, 0).dtype, .shape = {}, .quantization = {}};
  RHEO_ASSIGN_OR_RETURN(output.shape, broadcast_shapes(batch_of(a), batch_of(b)));
  output.shape.push_back(a[a.rank() - 2]);
  output.shape.push_back(b[b.rank() - 1]);
  return std::vector{std::move(output)};
}

std::int64_t matmul_multiply_adds(const OpContext& context, const TensorType& output) {
  const Shape& a = input_type(context, 0).shape;
  return saturating_product(saturating_elements(output.shape), saturating_elements(Shape{a[a.rank() - 1]}));
}

}  // namespace rheo

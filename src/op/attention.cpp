// SPDX-License-Identifier: Apache-2.0
#include "op/attention.h"

#include <cmath>

#include <fmt/format.h>

#include "op/epilogue.h"
#include "op/schema_functions.h"

namespace rheo {
namespace {

Status check_operands(const OpContext& context) {
  constexpr std::string_view kNames[] = {"q", "k", "v"};
  const DType dtype = input_type(context, 0).dtype;
  for (std::size_t i = 0; i < std::size(kNames); ++i) {
    if (is_8bit(dtype)) {
      RHEO_RETURN_IF_ERROR(require_dtype(context, i, kNames[i], {DType::u8, DType::i8}));
      RHEO_RETURN_IF_ERROR(require_one_scale(context, i, kNames[i]));
    } else {
      RHEO_RETURN_IF_ERROR(i == 0
                               ? require_dtype(context, i, kNames[i], {DType::f32, DType::bf16, DType::u8, DType::i8})
                               : require_dtype(context, i, kNames[i], {dtype}));
    }
    RHEO_RETURN_IF_ERROR(require_rank(context, i, kNames[i], 4));
    for (std::size_t axis : {2U, 3U}) RHEO_RETURN_IF_ERROR(keep_items_apart(context, i, kNames[i], axis));
  }
  const Shape& q = input_type(context, 0).shape;
  const Shape& k = input_type(context, 1).shape;
  const Shape& v = input_type(context, 2).shape;
  const bool fits = q[0] == k[0] && q[1] == k[1] && k[0] == v[0] && k[1] == v[1] && q[3] == k[3] && k[2] == v[2];
  if (fits && k[2] > 0) return {};
  return misfit(
      fmt::format("{}, {} and {}, but [b, h, s, d], [b, h, t, d] and [b, h, t, e] with at least one key are "
                  "needed.",
                  describe_input(context, 0, "q"), describe_input(context, 1, "k"), describe_input(context, 2, "v")));
}

Status check_mask(const OpContext& context) {
  if (!has_input(context, kMaskInput)) return {};
  RHEO_RETURN_IF_ERROR(require_dtype(context, kMaskInput, "mask", {DType::f32, DType::boolean}));
  const Shape& q = input_type(context, 0).shape;
  const Shape scores{q[0], q[1], q[2], input_type(context, 1).shape[2]};
  const Shape& mask = input_type(context, kMaskInput).shape;
  if (mask.rank() <= scores.rank()) {
    const Result<Shape> both = broadcast_shapes(mask, scores);
    if (both.ok() && *both == scores) return {};
  }
  return misfit(fmt::format("{}, which does not broadcast to the scores, {}.",
                            describe_input(context, kMaskInput, "mask"), scores.to_string()));
}

}  // namespace

AttentionSettings AttentionSettings::from(const Attributes& attributes, std::int64_t depth) {
  const double fallback = depth > 0 ? 1 / std::sqrt(static_cast<double>(depth)) : 1;
  return {.scale = attributes.real("scale", fallback), .is_causal = attributes.integer("causal") != 0};
}

Types infer_attention(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(check_operands(context));
  RHEO_RETURN_IF_ERROR(check_mask(context));
  Shape shape = input_type(context, 0).shape;
  shape[3] = input_type(context, 2).shape[3];
  RHEO_ASSIGN_OR_RETURN(TensorType output, infer_result_type(context, shape));
  return std::vector{std::move(output)};
}

std::int64_t attention_multiply_adds(const OpContext& context, const TensorType& output) {
  const Shape& q = input_type(context, 0).shape;
  const std::int64_t keys = input_type(context, 1).shape[2];
  const std::int64_t scores = saturating_product(saturating_elements(Shape{q[0], q[1], q[2]}), keys);
  return saturating_product(scores, q[3] + output.shape[3]);
}

}  // namespace rheo

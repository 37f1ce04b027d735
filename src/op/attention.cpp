// SPDX-License-Identifier: Apache-2.0
#include "op/attention.h"

#include <cmath>

#include <fmt/format.h>

#include "op/epilogue.h"
#include "op/schema_functions.h"

namespace rheo {
namespace {

bool in_rows(const Attributes& attributes) { return attributes.integer("heads") != 0; }

Status check_types(const OpContext& context) {
  constexpr std::string_view kNames[] = {"q", "k", "v"};
  const DType dtype = input_type(context, 0).dtype;
  const std::size_t rank = in_rows(context.attributes) ? 3 : 4;
  for (std::size_t i = 0; i < std::size(kNames); ++i) {
    if (is_8bit(dtype)) {
      RHEO_RETURN_IF_ERROR(require_dtype(context, i, kNames[i], {DType::u8, DType::i8}));
      RHEO_RETURN_IF_ERROR(require_one_scale(context, i, kNames[i]));
    } else {
      RHEO_RETURN_IF_ERROR(i == 0
                               ? require_dtype(context, i, kNames[i], {DType::f32, DType::bf16, DType::u8, DType::i8})
                               : require_dtype(context, i, kNames[i], {dtype}));
    }
    RHEO_RETURN_IF_ERROR(require_rank(context, i, kNames[i], rank));
    for (const std::size_t axis : {rank - 2, rank - 1}) {
      RHEO_RETURN_IF_ERROR(keep_items_apart(context, i, kNames[i], axis));
    }
  }
  return {};
}

// Of heads that lie side by side in rows.
Status check_rows(const OpContext& context) {
  const Shape& q = input_type(context, 0).shape;
  const Shape& k = input_type(context, 1).shape;
  const Shape& v = input_type(context, 2).shape;
  const std::int64_t heads = context.attributes.integer("heads");
  const std::vector<std::int64_t> depths = context.attributes.integers("depths");
  const std::vector<std::int64_t> columns = context.attributes.integers("columns", {0, 0, 0});
  const auto holds = [&](const Shape& shape, std::size_t operand) {
    const std::int64_t depth = depths[operand / 2];
    return columns[operand] >= 0 && depth > 0 && columns[operand] <= shape[2] &&
           saturating_product(heads, depth) <= shape[2] - columns[operand];
  };
  const bool fits = heads > 0 && depths.size() == 2 && columns.size() == 3 && holds(q, 0) && holds(k, 1) &&
                    holds(v, 2) && q[0] == k[0] && k[0] == v[0] && k[1] == v[1] && k[1] > 0;
  if (fits) return {};
  return misfit(fmt::format(
      "{}, {} and {} with \"heads\" {}, but [b, s, *], [b, t, *] and [b, t, *] are needed with at least one key, rows "
      "that hold the heads from their \"columns\" (3 numbers) on, and two \"depths\" above 0.",
      describe_input(context, 0, "q"), describe_input(context, 1, "k"), describe_input(context, 2, "v"), heads));
}

Status check_operands(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(check_types(context));
  if (in_rows(context.attributes)) return check_rows(context);
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

AttentionSizes sizes_of(const OpContext& context) {
  return AttentionSizes::of(input_type(context, 0).shape, input_type(context, 1).shape, input_type(context, 2).shape,
                            context.attributes);
}

Status check_mask(const OpContext& context) {
  if (!has_input(context, kMaskInput)) return {};
  RHEO_RETURN_IF_ERROR(require_dtype(context, kMaskInput, "mask", {DType::f32, DType::boolean}));
  const AttentionSizes sizes = sizes_of(context);
  const Shape scores{sizes.batch, sizes.heads, sizes.queries, sizes.keys};
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

AttentionSizes AttentionSizes::of(const Shape& q, const Shape& k, const Shape& v, const Attributes& attributes) {
  if (!in_rows(attributes)) return {q[0], q[1], q[2], k[2], q[3], v[3]};
  const std::vector<std::int64_t> depths = attributes.integers("depths");
  return {q[0], attributes.integer("heads"), q[1], k[1], depths[0], depths[1]};
}

AttentionPlaces AttentionPlaces::of(const Shape& q, const Shape& k, const Shape& v, const Attributes& attributes) {
  const AttentionSizes sizes = AttentionSizes::of(q, k, v, attributes);
  if (!in_rows(attributes)) {
    const auto apart = [&](std::int64_t rows, std::int64_t depth) {
      return HeadPlaces{.batch = sizes.heads * rows * depth, .head = rows * depth, .row = depth};
    };
    return {apart(sizes.queries, sizes.depth), apart(sizes.keys, sizes.depth), apart(sizes.keys, sizes.out_depth),
            apart(sizes.queries, sizes.out_depth)};
  }
  const std::vector<std::int64_t> columns = attributes.integers("columns", {0, 0, 0});
  const auto in_row = [](std::int64_t first, std::int64_t rows, std::int64_t width, std::int64_t depth) {
    return HeadPlaces{.first = first, .batch = rows * width, .head = depth, .row = width};
  };
  return {in_row(columns[0], sizes.queries, q[2], sizes.depth), in_row(columns[1], sizes.keys, k[2], sizes.depth),
          in_row(columns[2], sizes.keys, v[2], sizes.out_depth),
          in_row(0, sizes.queries, sizes.heads * sizes.out_depth, sizes.out_depth)};
}

Types infer_attention(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(check_operands(context));
  RHEO_RETURN_IF_ERROR(check_mask(context));
  const AttentionSizes sizes = sizes_of(context);
  const Shape shape = in_rows(context.attributes) ? Shape{sizes.batch, sizes.queries, sizes.heads * sizes.out_depth}
                                                  : Shape{sizes.batch, sizes.heads, sizes.queries, sizes.out_depth};
  RHEO_ASSIGN_OR_RETURN(TensorType output, infer_result_type(context, shape));
  return std::vector{std::move(output)};
}

std::int64_t attention_multiply_adds(const OpContext& context, const TensorType& /*output*/) {
  const AttentionSizes sizes = sizes_of(context);
  const std::int64_t rows = saturating_elements(Shape{sizes.batch, sizes.heads, sizes.queries});
  return saturating_product(saturating_product(rows, sizes.keys), sizes.depth + sizes.out_depth);
}

}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// expand, tile, depth_to_space, space_to_depth and trilu; pad is in pad.cpp.
#include "op/rearranging.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/checked.h"
#include "op/schema_functions.h"

namespace rheo {
namespace {

constexpr std::int64_t kKept = -1;
constexpr std::int64_t kLargestBlock = 1 << 15;

Types with_shape(const OpContext& context, const Shape& shape) {
  const TensorType& x = input_type(context, 0);
  return std::vector{TensorType{.dtype = x.dtype, .shape = shape, .quantization = x.quantization}};
}

// The block of depth_to_space and space_to_depth, which move within pictures.
Result<std::int64_t> checked_block(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(refuse_scales_along_axis(context, 0, "x"));
  RHEO_RETURN_IF_ERROR(require_rank(context, 0, "x", 4));
  RHEO_RETURN_IF_ERROR(require_attribute(context, "block"));
  const std::int64_t block = context.attributes.integer("block");
  if (block < 1 || block > kLargestBlock)
    return misfit(fmt::format("\"block\" is {}, outside [1, {}].", block, kLargestBlock));
  const std::string_view mode = context.attributes.text("mode", "dcr");
  if (mode != "dcr" && mode != "crd")
    return misfit(fmt::format("\"mode\" is \"{}\", but it must be dcr or crd.", mode));
  for (std::size_t dim = 1; dim < 4; ++dim) RHEO_RETURN_IF_ERROR(keep_items_apart(context, 0, "x", dim));
  return block;
}

}  // namespace

BlockSettings BlockSettings::from(const Attributes& attributes) {
  return {.block = attributes.integer("block", 1), .is_crd = attributes.text("mode", "dcr") == "crd"};
}

TriluSettings TriluSettings::from(const Attributes& attributes) {
  // Diagonals this far out keep or clear everything, and no sum with an index overflows.
  constexpr std::int64_t kFarOut = std::int64_t{1} << 40;
  return {.is_upper = attributes.integer("upper", 1) != 0,
          .diagonal = std::clamp(attributes.integer("diagonal"), -kFarOut, kFarOut)};
}

Types infer_expand(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(refuse_scales_along_axis(context, 0, "x"));
  RHEO_RETURN_IF_ERROR(require_attribute(context, "shape"));
  const Shape& x = input_type(context, 0).shape;
  const std::vector<std::int64_t> target = context.attributes.integers("shape");
  if (target.size() > Shape::kMaxRank)
    return misfit(fmt::format("\"shape\" has {} dimensions, more than {}.", target.size(), Shape::kMaxRank));
  const std::size_t rank = std::max(x.rank(), target.size());
  Shape shape;
  for (std::size_t dim = 0; dim < rank; ++dim) {
    const bool is_new = dim + x.rank() < rank;
    const std::int64_t have = is_new ? 1 : x[dim + x.rank() - rank];
    const std::int64_t want = dim + target.size() < rank ? kKept : target[dim + target.size() - rank];
    const bool keeps = want == have || want == 1 || (want == kKept && !is_new);
    if (!keeps && (have != 1 || want < 0))
      return misfit(
          fmt::format("{}, which does not broadcast to \"shape\" [{}]: entries are the size, 1, or -1 to "
                      "keep a dimension, and only sizes of 1 can be stretched.",
                      describe_input(context, 0, "x"), fmt::join(target, ", ")));
    shape.push_back(keeps ? have : want);
  }
  return with_shape(context, shape);
}

Types infer_tile(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(refuse_scales_along_axis(context, 0, "x"));
  RHEO_RETURN_IF_ERROR(require_attribute(context, "repeats"));
  Shape shape = input_type(context, 0).shape;
  RHEO_RETURN_IF_ERROR(require_list(context, "repeats", shape.rank(), 0, INT64_MAX));
  const std::vector<std::int64_t> repeats = context.attributes.integers("repeats");
  for (std::size_t dim = 0; dim < shape.rank(); ++dim) {
    if (repeats[dim] == 1) continue;
    RHEO_RETURN_IF_ERROR(keep_items_apart(context, 0, "x", dim));
    const std::optional<std::int64_t> size = checked_mul(shape[dim], repeats[dim]);
    if (!size) return misfit(fmt::format("{}: the result is too large.", describe_input(context, 0, "x")));
    shape[dim] = *size;
  }
  return with_shape(context, shape);
}

Types infer_depth_to_space(const OpContext& context) {
  RHEO_ASSIGN_OR_RETURN(const std::int64_t block, checked_block(context));
  const Shape& x = input_type(context, 0).shape;
  const std::optional<std::int64_t> height = checked_mul(x[2], block);
  const std::optional<std::int64_t> width = checked_mul(x[3], block);
  if (x[1] % (block * block) != 0 || !height || !width)
    return misfit(fmt::format("{}, but its channels must fall into blocks of {} x {}.", describe_input(context, 0, "x"),
                              block, block));
  return with_shape(context, {x[0], x[1] / (block * block), *height, *width});
}

Types infer_space_to_depth(const OpContext& context) {
  RHEO_ASSIGN_OR_RETURN(const std::int64_t block, checked_block(context));
  const Shape& x = input_type(context, 0).shape;
  const std::optional<std::int64_t> channels = checked_mul(x[1], block * block);
  if (x[2] % block != 0 || x[3] % block != 0 || !channels)
    return misfit(fmt::format("{}, but its height and width must fall into blocks of {} x {}.",
                              describe_input(context, 0, "x"), block, block));
  return with_shape(context, {x[0], *channels, x[2] / block, x[3] / block});
}

Types infer_trilu(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(refuse_scales_along_axis(context, 0, "x"));
  RHEO_RETURN_IF_ERROR(refuse_zero_point(context, 0, "x"));
  const Shape& x = input_type(context, 0).shape;
  if (x.rank() < 2) return misfit(fmt::format("{}, but matrices are needed.", describe_input(context, 0, "x")));
  RHEO_RETURN_IF_ERROR(keep_items_apart(context, 0, "x", x.rank() - 2));
  RHEO_RETURN_IF_ERROR(keep_items_apart(context, 0, "x", x.rank() - 1));
  return with_shape(context, x);
}

}  // namespace rheo

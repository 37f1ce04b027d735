// SPDX-License-Identifier: Apache-2.0
#include "op/shape_ops.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "base/checked.h"
#include "op/schema_functions.h"

namespace rheo {
namespace {

constexpr std::int64_t kToTheEnd = std::numeric_limits<std::int64_t>::max();

// A Python-like bound: negative counts from the end, and what lies outside is cut to [low, high].
std::int64_t bound(std::int64_t value, std::int64_t size, std::int64_t low, std::int64_t high) {
  return std::clamp<std::int64_t>(value < 0 ? checked_add(value, size).value_or(low) : value, low, high);
}

// Indices from `start` to before `end`, which lies `length` further.
std::int64_t steps_in(std::int64_t length, std::int64_t step) { return length <= 0 ? 0 : (length - 1) / step + 1; }

TensorType same_elements(const TensorType& x, const Shape& shape) {
  return {.dtype = x.dtype, .shape = shape, .quantization = x.quantization};
}

}  // namespace

ConcatSettings ConcatSettings::from(const Attributes& attributes, std::size_t rank) {
  return {.axis = axis_attribute(attributes, 0, rank)};
}

SliceSettings SliceSettings::from(const Attributes& attributes, const Shape& x) {
  SliceSettings settings;
  settings.axis = axis_attribute(attributes, 0, x.rank());
  const std::int64_t size = x[settings.axis];
  settings.step = attributes.integer("step", 1);
  if (settings.step > 0) {
    settings.start = bound(attributes.integer("start", 0), size, 0, size);
    const std::int64_t end = bound(attributes.integer("end", kToTheEnd), size, 0, size);
    settings.count = steps_in(end - settings.start, settings.step);
  } else {
    // Backwards the first index is at most the last of the axis, and the end may lie before index 0.
    settings.step = std::max(settings.step, -kToTheEnd);
    const std::int64_t start = bound(attributes.integer("start", kToTheEnd), size, -1, size - 1);
    const std::int64_t end =
        attributes.find("end") == nullptr ? -1 : bound(attributes.integer("end"), size, -1, size - 1);
    settings.start = std::max<std::int64_t>(start, 0);
    settings.count = steps_in(start - end, -settings.step);
  }
  // A step that is never taken may be so large that no stride holds it.
  if (settings.count <= 1) settings.step = 1;
  return settings;
}

TransposeSettings TransposeSettings::from(const Attributes& attributes) {
  TransposeSettings settings;
  const std::vector<std::int64_t> list = attributes.integers("permutation");
  for (std::size_t i = 0; i < std::min(list.size(), settings.permutation.size()); ++i)
    settings.permutation[i] = static_cast<std::size_t>(list[i]);
  return settings;
}

Types infer_concat(const OpContext& context) {
  const TensorType& first = input_type(context, 0);
  RHEO_RETURN_IF_ERROR(refuse_scales_along_axis(context, 0, "x"));
  RHEO_RETURN_IF_ERROR(require_attribute(context, "axis"));
  RHEO_ASSIGN_OR_RETURN(const std::size_t axis,
                        axis_in_rank("axis", context.attributes.integer("axis"), first.shape.rank()));
  TensorType output = first;
  for (std::size_t i = 1; i < context.inputs.size(); ++i) {
    const TensorType& x = input_type(context, i);
    Shape rest = x.shape;
    if (rest.rank() == first.shape.rank()) rest[axis] = first.shape[axis];
    if (x.dtype != first.dtype || rest != first.shape)
      return misfit(fmt::format("{}, but input 0 is {}: all must agree outside axis {}.",
                                describe_input(context, i, "x"), describe(first), axis));
    if (x.quantization != first.quantization)
      return misfit(
          fmt::format("{} with another scale than input 0; requantize one of them.", describe_input(context, i, "x")));
    if (x.shape[axis] == kDynamic || first.shape[axis] == kDynamic)
      return misfit(
          fmt::format("{}: a dynamic dimension cannot be the axis of a concat.", describe_input(context, i, "x")));
    const std::optional<std::int64_t> sum = checked_add(output.shape[axis], x.shape[axis]);
    if (!sum) return misfit(fmt::format("{}: the result is too large.", describe_input(context, i, "x")));
    output.shape[axis] = *sum;
  }
  return std::vector{std::move(output)};
}

Types infer_slice(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(refuse_scales_along_axis(context, 0, "x"));
  const Attributes& attributes = context.attributes;
  const TensorType& x = input_type(context, 0);
  RHEO_ASSIGN_OR_RETURN(const std::size_t axis, axis_in_rank("axis", attributes.integer("axis"), x.shape.rank()));
  const std::int64_t step = attributes.integer("step", 1);
  if (step == 0) return misfit("\"step\" is 0, but a slice has to move on; give a positive or negative one.");
  if (x.shape[axis] == kDynamic) {
    if (attributes.integer("start") == 0 && attributes.integer("end", kToTheEnd) == kToTheEnd && step == 1)
      return std::vector{x};
    return misfit(
        fmt::format("{}: dimension {} is dynamic and can only be taken whole.", describe_input(context, 0, "x"), axis));
  }
  TensorType output = x;
  output.shape[axis] = SliceSettings::from(attributes, x.shape).count;
  return std::vector{std::move(output)};
}

Types infer_transpose(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(refuse_scales_along_axis(context, 0, "x"));
  const TensorType& x = input_type(context, 0);
  const auto rank = static_cast<std::int64_t>(x.shape.rank());
  RHEO_RETURN_IF_ERROR(require_attribute(context, "permutation"));
  RHEO_RETURN_IF_ERROR(require_list(context, "permutation", x.shape.rank(), 0, rank - 1));
  Shape shape;
  std::array<bool, Shape::kMaxRank> seen{};
  for (std::int64_t from : context.attributes.integers("permutation")) {
    const auto index = static_cast<std::size_t>(from);
    if (seen[index]) return misfit(fmt::format("\"permutation\" names dimension {} twice.", index));
    seen[index] = true;
    shape.push_back(x.shape[index]);
  }
  return std::vector{same_elements(x, shape)};
}

Types infer_flatten(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(refuse_scales_along_axis(context, 0, "x"));
  const TensorType& x = input_type(context, 0);
  const std::size_t rank = x.shape.rank();
  if (rank == 0) return std::vector{same_elements(x, Shape{1})};
  RHEO_ASSIGN_OR_RETURN(const std::size_t start, axis_in_rank("start", context.attributes.integer("start", 1), rank));
  RHEO_ASSIGN_OR_RETURN(const std::size_t end, axis_in_rank("end", context.attributes.integer("end", -1), rank));
  if (start > end) return misfit(fmt::format("\"start\" {} lies behind \"end\" {}.", start, end));
  Shape shape(x.shape.dims().first(start));
  const Shape joined(x.shape.dims().subspan(start, end - start + 1));
  const bool is_dynamic = !joined.is_static();
  if (is_dynamic && saturating_elements(joined) != 1)
    return misfit(fmt::format("{}: a dynamic dimension cannot be joined with others, flatten from the next one on.",
                              describe_input(context, 0, "x")));
  shape.push_back(is_dynamic ? kDynamic : saturating_elements(joined));
  for (std::size_t axis = end + 1; axis < rank; ++axis) shape.push_back(x.shape[axis]);
  return std::vector{same_elements(x, shape)};
}

}  // namespace rheo

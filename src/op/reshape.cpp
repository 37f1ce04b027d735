// SPDX-License-Identifier: Apache-2.0
// Shape inference of reshape, the one movement op with rules of its own.
#include <algorithm>

#include <fmt/format.h>

#include "op/schema_functions.h"

namespace rheo {
namespace {

constexpr std::int64_t kCopied = 0;
constexpr std::int64_t kInferred = -1;

// The target with copied dimensions filled in; the inferred one, if any, is left as 1.
Result<Shape> copy_dimensions(const Shape& x, std::span<const std::int64_t> target) {
  Shape shape(target);
  for (std::size_t axis = 0; axis < target.size(); ++axis) {
    if (target[axis] == kCopied && axis >= x.rank())
      return misfit(fmt::format("\"shape\" copies dimension {}, which x {} does not have.", axis, x.to_string()));
    if (target[axis] == kCopied) shape[axis] = x[axis];
    if (target[axis] == kInferred) shape[axis] = 1;
    if (target[axis] < kInferred)
      return misfit(
          fmt::format("\"shape\" holds {}; only -1 (inferred), 0 (copied) and sizes are valid.", target[axis]));
  }
  return shape;
}

std::int64_t dynamic_dimensions(const Shape& shape) {
  return std::count(shape.dims().begin(), shape.dims().end(), kDynamic);
}

}  // namespace

Types infer_reshape(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(refuse_scales_along_axis(context, 0, "x"));
  RHEO_RETURN_IF_ERROR(require_attribute(context, "shape"));
  const TensorType& x = input_type(context, 0);
  const std::vector<std::int64_t> target = context.attributes.integers("shape");
  if (target.size() > Shape::kMaxRank)
    return misfit(fmt::format("\"shape\" has {} dimensions, more than {}.", target.size(), Shape::kMaxRank));
  if (std::count(target.begin(), target.end(), kInferred) > 1)
    return misfit("\"shape\" holds more than one -1; only one dimension can be inferred.");
  RHEO_ASSIGN_OR_RETURN(Shape shape, copy_dimensions(x.shape, target));

  // A dynamic dimension may be copied, or be the inferred one when everything else agrees; it is never split or joined.
  const std::int64_t have = saturating_elements(x.shape);
  const std::int64_t want = saturating_elements(shape);
  const std::int64_t lost = dynamic_dimensions(x.shape) - dynamic_dimensions(shape);
  const auto inferred = std::find(target.begin(), target.end(), kInferred);
  bool fits = lost == 0 && have == want;
  if (inferred != target.end()) {
    const auto axis = static_cast<std::size_t>(inferred - target.begin());
    fits = lost == 0 ? want > 0 && have % want == 0 : lost == 1 && have == want;
    if (fits) shape[axis] = lost == 1 ? kDynamic : have / want;
  }
  if (!fits)
    return misfit(fmt::format("{}, which does not fit into \"shape\" {}.", describe_input(context, 0, "x"),
                              fmt::format("[{}]", fmt::join(target, ", "))));
  return std::vector{TensorType{.dtype = x.dtype, .shape = shape, .quantization = x.quantization}};
}

}  // namespace rheo

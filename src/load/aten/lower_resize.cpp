// SPDX-License-Identifier: Apache-2.0
// upsample_*: from a size ("output_size") or factors, in the names of two generations of PyTorch.
#include <cmath>

#include "base/try.h"
#include "load/aten/lowerings.h"
#include "load/import_window.h"

namespace rheo::aten {
namespace {

// What the op takes as "mode", "coordinates" and "nearest", from the name of the operator.
Result<Attributes> settings_of(Call& call) {
  const bool is_nearest = call.op().find("nearest") != std::string_view::npos;
  if (is_nearest && call.op().starts_with("_upsample_nearest_exact")) {
    return Attributes{{"mode", "nearest"}, {"coordinates", "half_pixel"}, {"nearest", "round_prefer_ceil"}};
  }
  if (is_nearest) return Attributes{{"mode", "nearest"}, {"coordinates", "asymmetric"}, {"nearest", "floor"}};
  RHEO_ASSIGN_OR_RETURN(const bool aligns, call.truth("align_corners"));
  const bool is_cubic = call.op().find("cubic") != std::string_view::npos;
  return Attributes{{"mode", is_cubic ? "cubic" : "linear"}, {"coordinates", aligns ? "align_corners" : "half_pixel"}};
}

// One factor per spatial dimension; nothing where the size says it all.
Result<std::vector<double>> factors_of(Call& call, std::size_t spatial) {
  std::vector<double> factors;
  if (call.node().target.ends_with(".vec")) {
    if (!call.has("scale_factors")) return factors;
    return call.reals("scale_factors");
  }
  const std::string_view names[] = {spatial == 1 ? "scales" : "scales_h", "scales_w"};
  for (std::size_t i = 0; i < spatial; ++i) {
    if (!call.has(names[i])) return std::vector<double>();
    RHEO_ASSIGN_OR_RETURN(const double factor, call.real(names[i]));
    factors.push_back(factor);
  }
  return factors;
}

}  // namespace

Status lower_upsample(Call& call) {
  RHEO_ASSIGN_OR_RETURN(ImportValue * x, call.value(call.node().target.ends_with(".vec") ? "input" : "self"));
  const Shape shape = call.shape_of(*x);
  const std::size_t spatial = call.op().find("1d") != std::string_view::npos ? 1 : 2;
  if (shape.rank() != spatial + 2) return call.refuse("resizes a tensor of another rank");
  RHEO_ASSIGN_OR_RETURN(Attributes attributes, settings_of(call));
  RHEO_ASSIGN_OR_RETURN(const std::vector<double> factors, factors_of(call, spatial));
  std::vector<std::int64_t> sizes;
  if (call.has("output_size")) {
    RHEO_ASSIGN_OR_RETURN(sizes, call.integers("output_size"));
  }
  for (std::size_t i = 0; i < factors.size() && !call.has("output_size"); ++i) {
    const double size = std::floor(static_cast<double>(shape[i + 2]) * factors[i]);
    if (!(size >= 1 && size < static_cast<double>(kLargestSetting))) return call.refuse("resizes by odd factors");
    sizes.push_back(static_cast<std::int64_t>(size));
  }
  if (sizes.size() != spatial || (!factors.empty() && factors.size() != spatial))
    return call.refuse("says neither a size nor factors");
  // With factors PyTorch finds places by them, not by the sizes that were rounded; where both agree, sizes are exact.
  bool agrees = true;
  for (std::size_t i = 0; i < factors.size(); ++i) {
    agrees = agrees && static_cast<double>(sizes[i]) == static_cast<double>(shape[i + 2]) * factors[i];
  }
  if (agrees) {
    attributes.set("sizes", sizes);
  } else {
    attributes.set("scales", factors);
  }
  return call.answer_with(OpKind::resize, {x}, attributes);
}

}  // namespace rheo::aten

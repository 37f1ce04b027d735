// SPDX-License-Identifier: Apache-2.0
#include "op/resize.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "op/schema_functions.h"
#include "tensor/limits.h"

namespace rheo {
namespace {

constexpr std::size_t kSpatial = 2;  // the first dimension that may change
constexpr std::string_view kModes[] = {"nearest", "linear", "cubic"};
constexpr std::string_view kCoordinates[] = {"half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel",
                                             "half_pixel_symmetric"};
constexpr std::string_view kNearest[] = {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"};

// The place of `text` in the list of names; the first one when it is absent or unknown.
template <typename Choice, std::size_t count>
Choice choice_of(const std::string_view (&names)[count], std::string_view text) {
  const auto found = std::find(std::begin(names), std::end(names), text);
  return found == std::end(names) ? Choice{} : static_cast<Choice>(found - std::begin(names));
}

template <std::size_t count>
Status require_choice(const OpContext& context, std::string_view attribute, const std::string_view (&names)[count]) {
  const std::string_view text = context.attributes.text(attribute, names[0]);
  if (std::find(std::begin(names), std::end(names), text) != std::end(names)) return {};
  return misfit(fmt::format("\"{}\" is \"{}\", but it must be one of {}.", attribute, text, fmt::join(names, ", ")));
}

double coordinate_of(ResizeCoordinates coordinates, const ResizedDimension& d, double index) {
  const double half_pixel = (index + 0.5) / d.scale - 0.5;
  switch (coordinates) {
    case ResizeCoordinates::half_pixel: return half_pixel;
    case ResizeCoordinates::asymmetric: return index / d.scale;
    case ResizeCoordinates::align_corners:
      return d.out == 1 ? 0 : index * static_cast<double>(d.in - 1) / static_cast<double>(d.out - 1);
    case ResizeCoordinates::pytorch_half_pixel: return d.out > 1 ? half_pixel : 0;
    case ResizeCoordinates::half_pixel_symmetric: {
      // The result may be cut to whole elements: its middle stays the middle of x.
      const double cut = static_cast<double>(d.in) - static_cast<double>(d.out) / d.scale;
      return cut / 2 + half_pixel;
    }
  }
  return half_pixel;
}

std::int64_t inside(double place, std::int64_t size) {
  return static_cast<std::int64_t>(std::clamp(place, 0.0, static_cast<double>(size - 1)));
}

std::int64_t nearest_index(ResizeNearest nearest, double x, std::int64_t size) {
  switch (nearest) {
    case ResizeNearest::round_prefer_floor: return inside(std::ceil(x - 0.5), size);
    case ResizeNearest::round_prefer_ceil: return inside(std::floor(x + 0.5), size);
    case ResizeNearest::floor: return inside(std::floor(x), size);
    case ResizeNearest::ceil: return inside(std::ceil(x), size);
  }
  return 0;
}

// Weights of the four neighbours around a point that lies `t` behind the second one: cubic convolution with parameter
// a.
std::array<double, 4> cubic_weights(double a, double t) {
  const auto near = [a](double d) { return ((a + 2) * d - (a + 3)) * d * d + 1; };
  const auto far = [a](double d) { return ((a * d - 5 * a) * d + 8 * a) * d - 4 * a; };
  return {far(1 + t), near(t), near(1 - t), far(2 - t)};
}

// Linear with averaging: the triangle between the neighbours is stretched over all elements that become one.
ResizeTaps averaged(const ResizeSettings& settings, double scale, double x, std::int64_t size) {
  ResizeTaps taps;
  const double below = std::floor(x);
  const double first = std::floor(-1 / scale) + 1;  // seen from `below`
  taps.count = static_cast<int>(std::min(2 - 2 * first, static_cast<double>(kMostResizeTaps)));
  double sum = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(taps.count); ++i) {
    const double place = below + first + static_cast<double>(i);
    const bool is_outside = place < 0 || place > static_cast<double>(size - 1);
    taps.indices[i] = inside(place, size);
    taps.weights[i] = std::max(0.0, 1 - std::abs(place - x) * scale);
    if (settings.exclude_outside && is_outside) taps.weights[i] = 0;
    sum += taps.weights[i];
  }
  for (double& weight : taps.weights) weight /= sum;
  return taps;
}

// Averaging wants values that can be averaged, and sizes whose neighbours fit ResizeTaps.
Status check_antialias(const OpContext& context, std::size_t dim, std::int64_t from, std::int64_t to) {
  if (context.attributes.integer("antialias") == 0) return {};
  if (context.attributes.text("mode", kModes[0]) != "linear")
    return misfit("\"antialias\" is for the mode \"linear\".");
  if (to >= from || to * kSmallestAveragedScale >= from) return {};
  return misfit(
      fmt::format("\"antialias\" makes dimension {} of {} elements {}, but to a quarter is the least.", dim, from, to));
}

// Sizes of the spatial dimensions of the result.
Result<std::int64_t> resized(const OpContext& context, std::int64_t size, std::size_t spatial) {
  const std::vector<std::int64_t> sizes = context.attributes.integers("sizes");
  if (!sizes.empty()) return sizes[spatial];
  const double scale = context.attributes.reals("scales")[spatial];
  const double product = std::floor(static_cast<double>(size) * scale);
  if (scale <= 0 || product > static_cast<double>(kMaxElements))
    return misfit(fmt::format("\"scales\" holds {}, which makes no size of {}.", scale, size));
  return static_cast<std::int64_t>(product);
}

}  // namespace

ResizeSettings ResizeSettings::from(const Attributes& attributes, const Shape& x) {
  ResizeSettings settings;
  settings.mode = choice_of<ResizeMode>(kModes, attributes.text("mode"));
  settings.coordinates = choice_of<ResizeCoordinates>(kCoordinates, attributes.text("coordinates"));
  settings.nearest = choice_of<ResizeNearest>(kNearest, attributes.text("nearest"));
  settings.cubic_coefficient = attributes.real("cubic_coefficient", settings.cubic_coefficient);
  settings.exclude_outside = attributes.integer("exclude_outside") != 0;
  settings.antialias = attributes.integer("antialias") != 0;
  settings.scales.fill(1);
  const std::vector<double> scales = attributes.reals("scales");
  const std::vector<std::int64_t> sizes = attributes.integers("sizes");
  for (std::size_t dim = kSpatial; dim < x.rank(); ++dim) {
    if (!sizes.empty() && x[dim] > 0) {
      settings.scales[dim] = static_cast<double>(sizes[dim - kSpatial]) / static_cast<double>(x[dim]);
    } else if (!scales.empty()) {
      settings.scales[dim] = scales[dim - kSpatial];
    }
  }
  return settings;
}

ResizedDimension resized_dimension(const ResizeSettings& settings, const Shape& x, const Shape& y, std::size_t dim) {
  return {.in = x[dim], .out = y[dim], .scale = settings.scales[dim]};
}

ResizeTaps resize_taps(const ResizeSettings& settings, const ResizedDimension& dimension, std::int64_t index) {
  ResizeTaps taps;
  const std::int64_t size = dimension.in;
  // What keeps its size keeps its elements, whatever the coordinates say about rounding.
  if (dimension.in == dimension.out && dimension.scale == 1) {
    taps.indices[0] = index;
    return taps;
  }
  const double x = coordinate_of(settings.coordinates, dimension, static_cast<double>(index));
  if (settings.mode == ResizeMode::nearest) {
    taps.indices[0] = nearest_index(settings.nearest, x, size);
    return taps;
  }
  const double below = std::floor(x);
  const double t = x - below;
  if (settings.mode == ResizeMode::linear) {
    if (settings.antialias && dimension.scale < 1) return averaged(settings, dimension.scale, x, size);
    taps.count = 2;
    taps.indices = {inside(below, size), inside(below + 1, size)};
    taps.weights = {1 - t, t};
    return taps;
  }
  taps.count = 4;
  const std::array<double, 4> weights = cubic_weights(settings.cubic_coefficient, t);
  std::copy(weights.begin(), weights.end(), taps.weights.begin());
  double sum = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const double place = below - 1 + static_cast<double>(i);
    taps.indices[i] = inside(place, size);
    const bool is_outside = place < 0 || place > static_cast<double>(size - 1);
    if (settings.exclude_outside && is_outside) taps.weights[i] = 0;
    sum += taps.weights[i];
  }
  if (settings.exclude_outside) {
    for (double& weight : taps.weights) weight /= sum;
  }
  return taps;
}

Types infer_resize(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(refuse_scales_along_axis(context, 0, "x"));
  RHEO_RETURN_IF_ERROR(require_choice(context, "mode", kModes));
  RHEO_RETURN_IF_ERROR(require_choice(context, "coordinates", kCoordinates));
  RHEO_RETURN_IF_ERROR(require_choice(context, "nearest", kNearest));
  TensorType output = input_type(context, 0);
  const std::size_t rank = output.shape.rank();
  if (rank < 3 || rank > 5)
    return misfit(
        fmt::format("{}, but [batch, channels, ...] of rank 3 to 5 is needed.", describe_input(context, 0, "x")));
  if (context.attributes.text("mode", kModes[0]) != kModes[0])
    RHEO_RETURN_IF_ERROR(require_dtype(context, 0, "x", {DType::f32, DType::bf16, DType::u8, DType::i8}));
  const bool has_sizes = context.attributes.find("sizes") != nullptr;
  if (has_sizes == (context.attributes.find("scales") != nullptr))
    return misfit("exactly one of \"sizes\" and \"scales\" must be given.");
  const std::size_t spatial = rank - kSpatial;
  if (!has_sizes && context.attributes.reals("scales").size() != spatial)
    return misfit(fmt::format("\"scales\" needs {} entries, one per spatial dimension.", spatial));
  RHEO_RETURN_IF_ERROR(require_list(context, "sizes", spatial, 0, kMaxElements));
  for (std::size_t dim = kSpatial; dim < rank; ++dim) {
    RHEO_RETURN_IF_ERROR(keep_items_apart(context, 0, "x", dim));
    RHEO_ASSIGN_OR_RETURN(const std::int64_t size, resized(context, output.shape[dim], dim - kSpatial));
    if (output.shape[dim] == 0 && size > 0)
      return misfit(fmt::format("{}: nothing to resize along {}.", describe_input(context, 0, "x"), dim));
    RHEO_RETURN_IF_ERROR(check_antialias(context, dim, output.shape[dim], size));
    output.shape[dim] = size;
  }
  return std::vector{std::move(output)};
}

}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// pad: its type rule, and which element each padded index shows. The settings are in op/rearranging.h.
#include <algorithm>

#include <fmt/format.h>

#include "base/checked.h"
#include "op/rearranging.h"
#include "op/schema_functions.h"

namespace rheo {
namespace {

constexpr std::string_view kModes[] = {"constant", "reflect", "edge", "wrap"};

// Pads beyond this make no result that can be.
constexpr std::int64_t kMostPadding = std::int64_t{1} << 40;

// Index of [0, size) that stands at `index`, which may lie outside; size is at least 1.
std::int64_t reflected(std::int64_t index, std::int64_t size) {
  if (size == 1) return 0;
  const std::int64_t period = 2 * (size - 1);
  const std::int64_t place = (index % period + period) % period;
  return place < size ? place : period - place;
}

std::int64_t shown(PadMode mode, std::int64_t index, std::int64_t size) {
  if (index >= 0 && index < size) return index;
  switch (mode) {
    case PadMode::constant: return -1;
    case PadMode::reflect: return reflected(index, size);
    case PadMode::edge: return std::clamp<std::int64_t>(index, 0, size - 1);
    case PadMode::wrap: return (index % size + size) % size;
  }
  return -1;
}

}  // namespace

PadSettings PadSettings::from(const Attributes& attributes, std::size_t rank) {
  PadSettings settings;
  const std::vector<std::int64_t> pads = attributes.integers("pads");
  for (std::size_t dim = 0; dim < rank && pads.size() == 2 * rank; ++dim) {
    settings.begin[dim] = pads[dim];
    settings.end[dim] = pads[rank + dim];
  }
  const auto mode = std::find(std::begin(kModes), std::end(kModes), attributes.text("mode", kModes[0]));
  if (mode != std::end(kModes)) settings.mode = static_cast<PadMode>(mode - std::begin(kModes));
  settings.value = attributes.real("value");
  return settings;
}

std::int64_t padded_index(const PadSettings& settings, std::size_t dim, std::int64_t size, std::int64_t index) {
  const std::int64_t first = std::max<std::int64_t>(-settings.begin[dim], 0);
  const std::int64_t cropped = size - first + std::min<std::int64_t>(settings.end[dim], 0);
  const std::int64_t place = shown(settings.mode, index - std::max<std::int64_t>(settings.begin[dim], 0), cropped);
  return place < 0 ? -1 : first + place;
}

Types infer_pad(const OpContext& context) {
  RHEO_RETURN_IF_ERROR(refuse_scales_along_axis(context, 0, "x"));
  RHEO_RETURN_IF_ERROR(require_attribute(context, "pads"));
  TensorType output = input_type(context, 0);
  const std::size_t rank = output.shape.rank();
  RHEO_RETURN_IF_ERROR(require_list(context, "pads", 2 * rank, -kMostPadding, kMostPadding));
  const std::string_view mode = context.attributes.text("mode", kModes[0]);
  if (std::find(std::begin(kModes), std::end(kModes), mode) == std::end(kModes))
    return misfit(fmt::format("\"mode\" is \"{}\", but it must be constant, reflect, edge or wrap.", mode));
  const PadSettings settings = PadSettings::from(context.attributes, rank);
  for (std::size_t dim = 0; dim < rank; ++dim) {
    const std::int64_t begin = settings.begin[dim];
    const std::int64_t end = settings.end[dim];
    if (begin == 0 && end == 0) continue;
    RHEO_RETURN_IF_ERROR(keep_items_apart(context, 0, "x", dim));
    const std::int64_t left = output.shape[dim] + std::min<std::int64_t>(begin, 0) + std::min<std::int64_t>(end, 0);
    if (left < 0)
      return misfit(
          fmt::format("{}: \"pads\" crop more than there is along {}.", describe_input(context, 0, "x"), dim));
    if (left == 0 && (begin > 0 || end > 0) && settings.mode != PadMode::constant)
      return misfit(
          fmt::format("{}: mode {} has nothing to show along {}.", describe_input(context, 0, "x"), mode, dim));
    output.shape[dim] = left + std::max<std::int64_t>(begin, 0) + std::max<std::int64_t>(end, 0);
  }
  return std::vector{std::move(output)};
}

}  // namespace rheo

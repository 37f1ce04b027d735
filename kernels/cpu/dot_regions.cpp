// SPDX-License-Identifier: Apache-2.0
// Tested by tests/kernels/cpu/dot_test.cpp.
#include "kernels/cpu/dot_regions.h"

#include <algorithm>

#include "kernels/cpu/bands.h"

namespace rheo {
namespace {

DotRegion region_of(const Conv2dShape& shape, const Segments& segments, int step, const Band& rows,
                    const Band& columns) {
  DotRegion region{.top = rows.start, .left = columns.start, .height = rows.count, .width = columns.count};
  const std::int64_t per_row = segments.whole_rows ? 1 : shape.kernel_width;
  region.first_segment = static_cast<int>(rows.first * per_row);
  region.segments = static_cast<int>((rows.end - rows.first) * per_row);
  region.steps = segments.steps;
  const std::int64_t depth = shape.in_channels / shape.groups;
  if (segments.whole_rows && depth % step == 0) {
    region.first_step = static_cast<int>(columns.first * depth / step);
    region.steps = static_cast<int>((columns.end - columns.first) * depth / step);
  }
  return region;
}

std::int64_t products(const std::vector<DotRegion>& regions) {
  std::int64_t sum = 0;
  for (const DotRegion& region : regions) sum += region.height * region.width * region.segments * region.steps;
  return sum;
}

}  // namespace

std::vector<DotRegion> dot_regions(const Conv2dShape& shape, const Segments& segments, const DotLoops& dot) {
  const Band all_rows{.start = 0, .count = shape.out_height, .first = 0, .end = shape.kernel_height};
  const Band all_columns{.start = 0, .count = shape.out_width, .first = 0, .end = shape.kernel_width};
  const std::vector<DotRegion> whole = {region_of(shape, segments, dot.step, all_rows, all_columns)};
  const bool cuts_columns = segments.whole_rows && shape.in_channels / shape.groups % dot.step == 0;
  std::vector<Band> columns = {all_columns};
  if (cuts_columns) {
    columns = column_bands(shape);
  }
  const std::vector<Band> rows = row_bands(shape);
  std::vector<DotRegion> regions;
  for (const Band& column : columns) {
    // Border columns are narrow: cutting them into rows as well would leave tiles of single pixels.
    const bool inside = column.end - column.first == shape.kernel_width;
    if (!inside) regions.push_back(region_of(shape, segments, dot.step, all_rows, column));
    for (const Band& row : rows) {
      if (inside) regions.push_back(region_of(shape, segments, dot.step, row, column));
    }
  }
  if (products(regions) * 100 > products(whole) * 97) regions = whole;
  std::int64_t first_tile = 0;
  for (DotRegion& region : regions) {
    region.first_tile = first_tile;
    region.tiles = (shape.batch * region.height * region.width + dot.tile_pixels - 1) / dot.tile_pixels;
    first_tile += region.tiles;
  }
  return regions;
}

std::vector<std::int32_t> shift_corrections(const Conv2dShape& shape, const Tensor& weights, int zero_point,
                                            const Segments& segments, const DotLoops& dot, const DotRegion& region) {
  const std::int64_t depth = shape.in_channels / shape.groups;
  const std::int64_t positions = shape.kernel_height * shape.kernel_width;
  // Kernel positions of the region; a cut inside a segment always lies between two columns.
  const auto uses = [&](std::int64_t position) {
    const std::int64_t segment = segments.whole_rows ? position / shape.kernel_width : position;
    const std::int64_t step = segments.whole_rows ? position % shape.kernel_width * depth / dot.step : 0;
    const bool in_segments = segment >= region.first_segment && segment < region.first_segment + region.segments;
    const bool cut = region.steps != segments.steps;
    return in_segments && (!cut || (step >= region.first_step && step < region.first_step + region.steps));
  };
  std::vector<std::int32_t> corrections(static_cast<std::size_t>(shape.out_channels) + 16, 0);
  std::vector<std::int32_t> factors;  // 1 where the position is used
  for (std::int64_t position = 0; position < positions; ++position) factors.push_back(uses(position) ? 1 : 0);
  const std::int8_t* weight = weights.as<std::int8_t>().data();
  for (std::int64_t channel = 0; channel < shape.out_channels; ++channel) {
    std::int32_t sum = 0;
    for (std::int64_t c = 0; c < depth; ++c) {
      for (const std::int32_t factor : factors) sum += factor * *weight++;
    }
    corrections[static_cast<std::size_t>(channel)] = -zero_point * sum;
  }
  return corrections;
}

}  // namespace rheo

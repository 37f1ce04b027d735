// SPDX-License-Identifier: Apache-2.0
// Output pixels grouped by the part of the kernel that lies inside the picture. At the border of a 7 x 7 map almost a
// fifth of all products of a padded 3 x 3 kernel are with zeros; a region skips them.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/cpu/dot_pack.h"

namespace rheo {

// A rectangle of output pixels, in every image of the batch, that use the same segments and steps.
struct DotRegion {
  std::int64_t top = 0, left = 0, height = 0, width = 0;
  int first_segment = 0, segments = 0;
  int first_step = 0, steps = 0;  // of each segment
  std::int64_t first_tile = 0, tiles = 0;
};

// Covers every output pixel once. One region where skipping would save less than 3 %.
std::vector<DotRegion> dot_regions(const Conv2dShape& shape, const Segments& segments, const DotLoops& dot);

// Per output channel -zero_point * the sum of the 8-bit weights that the region uses: takes back what the zero point of
// u8 inputs adds to a sum. Padded by 16.
std::vector<std::int32_t> shift_corrections(const Conv2dShape& shape, const Tensor& weights, int zero_point,
                                            const Segments& segments, const DotLoops& dot, const DotRegion& region);

}  // namespace rheo

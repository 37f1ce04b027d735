// SPDX-License-Identifier: Apache-2.0
// Tested by tests/kernels/cpu/dot_test.cpp.
#include "kernels/cpu/bands.h"

#include <algorithm>

namespace rheo {
namespace {

struct Axis {
  std::int64_t in, out, kernel, stride, pad, dilation;
};

// Smallest n with n * step >= distance; 0 for a distance that is not positive.
std::int64_t steps_over(std::int64_t distance, std::int64_t step) {
  return distance <= 0 ? 0 : (distance + step - 1) / step;
}

// All outputs whose kernel lies inside altogether are one band, so the loop only walks the borders, however large the
// picture is.
std::vector<Band> bands_of(const Axis& axis) {
  std::vector<Band> bands;
  const std::int64_t extent = (axis.kernel - 1) * axis.dilation + 1;
  for (std::int64_t i = 0; i < axis.out;) {
    const std::int64_t start = i * axis.stride - axis.pad;
    Band band{.start = i, .count = 1, .first = 0, .end = axis.kernel};
    band.first = std::min(steps_over(-start, axis.dilation), axis.kernel);
    band.end = std::max(std::min(steps_over(axis.in - start, axis.dilation), axis.kernel), band.first);
    const bool is_whole = band.first == 0 && band.end == axis.kernel;
    if (is_whole) band.count = std::min(axis.out - i, (axis.in - extent - start) / axis.stride + 1);
    const bool joins = !bands.empty() && bands.back().first == band.first && bands.back().end == band.end;
    if (joins) bands.back().count += band.count;
    if (!joins) bands.push_back(band);
    i += band.count;
  }
  return bands;
}

}  // namespace

std::vector<Band> row_bands(const Conv2dShape& shape) {
  return bands_of({shape.in_height, shape.out_height, shape.kernel_height, shape.stride_height, shape.pad_top,
                   shape.dilation_height});
}

std::vector<Band> column_bands(const Conv2dShape& shape) {
  return bands_of(
      {shape.in_width, shape.out_width, shape.kernel_width, shape.stride_width, shape.pad_left, shape.dilation_width});
}

}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// Tested by tests/kernels/cpu/dot_test.cpp.
#include "kernels/cpu/bands.h"

namespace rheo {
namespace {

struct Axis {
  std::int64_t in, out, kernel, stride, pad, dilation;
};

std::vector<Band> bands_of(const Axis& axis) {
  std::vector<Band> bands;
  for (std::int64_t i = 0; i < axis.out; ++i) {
    const std::int64_t start = i * axis.stride - axis.pad;
    Band band{.start = i, .count = 1, .first = 0, .end = axis.kernel};
    while (band.first < axis.kernel && start + band.first * axis.dilation < 0) ++band.first;
    while (band.end > band.first && start + (band.end - 1) * axis.dilation >= axis.in) --band.end;
    const bool joins = !bands.empty() && bands.back().first == band.first && bands.back().end == band.end;
    if (joins) ++bands.back().count;
    if (!joins) bands.push_back(band);
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

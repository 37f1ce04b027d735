// SPDX-License-Identifier: Apache-2.0
#include "run/picture_sums.h"

#include <algorithm>

namespace rheo {
namespace {

void add_row(const float* row, const float* below, const Picture& picture, float shift, PictureSums& sums) {
  double sum = 0;
  double squares = 0;
  double gradients = 0;
  for (std::int64_t i = 0; i < picture.columns; ++i) {
    const float x = row[i * picture.column_stride];
    const float centred = x - shift;
    sum += static_cast<double>(centred);
    squares += static_cast<double>(centred * centred);
    if (i + 1 < picture.columns) {
      const float step = row[(i + 1) * picture.column_stride] - x;
      gradients += static_cast<double>(step * step);
    }
    if (below != nullptr) {
      const float step = below[i * picture.column_stride] - x;
      gradients += static_cast<double>(step * step);
    }
    sums.smallest = std::min(sums.smallest, x);
    sums.largest = std::max(sums.largest, x);
  }
  sums.sum += sum;
  sums.squares += squares;
  sums.gradients += gradients;
}

void add_sums(const Picture& picture, float shift, PictureSums& sums) {
  for (std::int64_t row = 0; row < picture.rows; ++row) {
    const float* here = picture.data + row * picture.row_stride;
    add_row(here, row + 1 < picture.rows ? here + picture.row_stride : nullptr, picture, shift, sums);
  }
}

void add_histogram(const Picture& picture, float low, float scale, Histogram& histogram) {
  constexpr float kLastBin = static_cast<float>(kHistogramBins - 1);
  for (std::int64_t row = 0; row < picture.rows; ++row) {
    const float* here = picture.data + row * picture.row_stride;
    for (std::int64_t i = 0; i < picture.columns; ++i) {
      const float bin = (here[i * picture.column_stride] - low) * scale;
      ++histogram[static_cast<std::size_t>(std::min(bin, kLastBin))];
    }
  }
}

}  // namespace

const PictureLoops kPortablePictureLoops = {add_sums, add_histogram};

}  // namespace rheo

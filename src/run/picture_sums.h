// SPDX-License-Identifier: Apache-2.0
// The two loops under `input_statistics`, once portable and once in AVX-512. Private to the room.
#pragma once

#include <array>
#include <cstdint>

#include "base/cpu.h"

namespace rheo {

// One picture [rows, columns] somewhere in memory; strides in elements.
struct Picture {
  const float* data = nullptr;
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::int64_t row_stride = 0;
  std::int64_t column_stride = 1;
};

struct PictureSums {
  double sum = 0;        // of x - shift
  double squares = 0;    // of (x - shift)^2
  double gradients = 0;  // of (x - right neighbour)^2 and (x - lower neighbour)^2
  float smallest = 0;
  float largest = 0;
};

inline constexpr std::size_t kHistogramBins = 32;
using Histogram = std::array<std::uint64_t, kHistogramBins>;

// Both add to what is there. Bin of x: min(31, floor((x - low) * scale)), for low <= x.
struct PictureLoops {
  void (*add_sums)(const Picture& picture, float shift, PictureSums& sums);
  void (*add_histogram)(const Picture& picture, float low, float scale, Histogram& histogram);
};

extern const PictureLoops kPortablePictureLoops;  // any column stride
extern const PictureLoops kAvx512PictureLoops;    // column stride 1, Isa::avx512 and above

}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// The spans of a sliding window, clipped to the picture.
#pragma once

#include "kernels/cpu/pool2d.h"
#include "op/window.h"

namespace rheo {

enum class PoolDivisor { window_in_padded_input, window_in_input };

// Whether the output is small enough to keep a span per row and column.
inline bool fits_spans(const Shape& output) {
  constexpr std::int64_t kMost = std::int64_t{1} << 22;
  return output[2] <= kMost && output[3] <= kMost;
}

// Spans along `dim` (0 height, 1 width) for `out_size` windows over `in_size` elements.
std::vector<PoolSpan> window_spans(const Window2d& window, std::size_t dim, std::int64_t in_size, std::int64_t out_size,
                                   PoolDivisor divisor);

}  // namespace rheo

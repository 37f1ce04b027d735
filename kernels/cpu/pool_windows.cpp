// SPDX-License-Identifier: Apache-2.0
// Tested by tests/agree/kernels_ops_test.cpp.
#include "kernels/cpu/pool_windows.h"

#include <algorithm>

namespace rheo {

std::vector<PoolSpan> window_spans(const Window2d& window, std::size_t dim, std::int64_t in_size, std::int64_t out_size,
                                   PoolDivisor divisor) {
  std::vector<PoolSpan> spans;
  const std::int64_t step = window.dilations[dim];
  for (std::int64_t i = 0; i < out_size; ++i) {
    const std::int64_t start = i * window.strides[dim] - window.pads_begin[dim];
    const std::int64_t padded_end = std::min(start + window.kernel[dim] * step, in_size + window.pads_end[dim]);
    const std::int64_t first = start >= 0 ? start : start + (-start + step - 1) / step * step;
    const std::int64_t end = std::min(start + window.kernel[dim] * step, in_size);
    PoolSpan span{.first = first, .count = 0, .step = step, .divisor = 1};
    if (first < end) span.count = (end - first + step - 1) / step;
    span.divisor = divisor == PoolDivisor::window_in_input ? span.count : padded_end - start;
    span.divisor = std::max<std::int64_t>(span.divisor, 1);
    if (span.count == 0) span.first = 0;
    spans.push_back(span);
  }
  return spans;
}

}  // namespace rheo

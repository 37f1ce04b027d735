// SPDX-License-Identifier: Apache-2.0
// What the four pools share: which input rectangle each output pixel covers, and the kernel that walks them.
#pragma once

#include <vector>

#include "kernels/kernel.h"

namespace rheo {

// One output row or column covers `count` input indices first, first + step, ... The average divides by `divisor`.
struct PoolSpan {
  std::int64_t first = 0, count = 0, step = 1, divisor = 1;
};

struct PoolSpans {
  std::vector<PoolSpan> rows, columns;
  bool is_max = false;
};

// Pictures f32, bf16, u8 or i8 in nhwc or nchw16c (and plain where that is the same bytes); the output in the same
// layout, or plain. Averages of 8-bit values are f32; bf16 may answer in f32.
Result<std::unique_ptr<Kernel>> make_pool(const KernelRequest& request, PoolSpans spans);

}  // namespace rheo

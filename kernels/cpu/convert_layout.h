// SPDX-License-Identifier: Apache-2.0
// One pass over a value that may change its element type, its scale and its layout together.
#pragma once

#include <cstdint>

#include <rheo/status.h>

#include "kernels/cpu/lanes/loops.h"
#include "kernels/kernel.h"

namespace rheo {

// How the elements of a value lie. For values that are not pictures: one image of one channel, plain.
struct Placement {
  std::int64_t images = 1, channels = 1, pixels = 1;  // logical shape [images, channels, pixels]
  Layout layout = Layout::plain;                      // plain when nhwc would be the same bytes
};
Placement placement_of(const Shape& shape, Layout layout);
// Elements in memory, the padding of nchw16c included.
std::int64_t stored_elements(const Placement& placement);

struct LayoutConversion {
  DType from = DType::f32, to = DType::f32;
  Placement source;
  Layout target = Layout::plain;
  Rescale scale = 1.0F;
};
// A conversion falls into parts that do not depend on each other; this does parts [begin, end).
std::int64_t conversion_parts(const LayoutConversion& conversion);
void convert_layout(const Loops& loops, const LayoutConversion& conversion, const void* in, void* out,
                    std::int64_t begin, std::int64_t end);

// The kernel that all conversions between two operands of one shape share.
Result<std::unique_ptr<Kernel>> make_conversion(const KernelRequest& request, Rescale scale);

}  // namespace rheo

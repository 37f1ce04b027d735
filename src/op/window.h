// SPDX-License-Identifier: Apache-2.0
// A window that slides over the height and width of a picture: what conv2d and the pools have in common.
#pragma once

#include <array>
#include <cstdint>

#include <rheo/status.h>

#include "op/attributes.h"
#include "op/op.h"

namespace rheo {

// The largest kernel side, stride, dilation and padding: that of a pool over a whole large picture.
inline constexpr std::int64_t kLargestWindowSetting = 4096;

// Index 0 is height, 1 is width; sizes in elements. A value type.
struct Window2d {
  std::array<std::int64_t, 2> kernel{1, 1};
  std::array<std::int64_t, 2> strides{1, 1};
  std::array<std::int64_t, 2> dilations{1, 1};
  std::array<std::int64_t, 2> pads_begin{0, 0};  // top, left
  std::array<std::int64_t, 2> pads_end{0, 0};    // bottom, right
  bool ceil_mode = false;                        // true: a last window that is only partly covered counts too

  // Input elements that one window spans along `dim`, gaps included.
  std::int64_t extent(std::size_t dim) const { return (kernel[dim] - 1) * dilations[dim] + 1; }
};

// Reads "strides" (default: `default_strides`), "pads", "dilations" and "ceil_mode"; the attributes passed infer_types.
Window2d window_from(const Attributes& attributes, std::array<std::int64_t, 2> kernel,
                     std::array<std::int64_t, 2> default_strides);

// Checks the attributes that window_from reads.
Status check_window(const OpContext& context, std::array<std::int64_t, 2> kernel);

// Windows along `dim` for an input of `input_size` elements: floor or ceil of (input + pads - extent) / stride, plus 1.
// With ceil_mode a last window that would start in the end padding is dropped, as PyTorch does. kDynamic stays
// kDynamic. invalid_argument when not even one window fits, or more than anybody needs.
Result<std::int64_t> window_count(const Window2d& window, std::size_t dim, std::int64_t input_size);

}  // namespace rheo

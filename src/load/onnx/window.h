// SPDX-License-Identifier: Apache-2.0
// What convolutions and pools share: the window over one or two dimensions, given as two.
#pragma once

#include <cstdint>
#include <vector>

#include "load/onnx/call.h"

namespace rheo::onnx {

// Height and width each; of a one-dimensional window the height is 1, its pads 0.
struct Window {
  std::vector<std::int64_t> kernel;
  std::vector<std::int64_t> strides;
  std::vector<std::int64_t> dilations;
  std::vector<std::int64_t> pads_begin;
  std::vector<std::int64_t> pads_end;
  std::vector<std::int64_t> pads() const { return {pads_begin[0], pads_begin[1], pads_end[0], pads_end[1]}; }
};

// From the attributes kernel_shape (else `kernel`), strides, dilations, pads and auto_pad of a node that reads `x`
// [batch, channels, spatial...]; unsupported when a list has not one entry per spatial dimension.
Result<Window> window_of(Call& call, const Shape& x, std::vector<std::int64_t> kernel = {});

// [a, b, length] as [a, b, 1, length]; a picture stays itself.
Result<ImportValue> as_picture(Call& call, ImportValue& value);
// The way back for an answer whose input had `rank` dimensions.
Result<ImportValue> from_picture(Call& call, ImportValue& value, std::size_t rank);

}  // namespace rheo::onnx

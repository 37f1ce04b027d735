// SPDX-License-Identifier: Apache-2.0
// The window of convolutions and pools as ONNX says it.
#pragma once

#include <cstdint>
#include <vector>

#include "load/import_window.h"
#include "load/onnx/call.h"

namespace rheo::onnx {

// From the attributes kernel_shape (else `kernel`), strides, dilations, pads and auto_pad of a node that reads `x`
// [batch, channels, spatial...]; unsupported when a list has not one entry per spatial dimension.
Result<Window> window_of(Call& call, const Shape& x, std::vector<std::int64_t> kernel = {});

}  // namespace rheo::onnx

// SPDX-License-Identifier: Apache-2.0
// The window of convolutions and pools as ONNX says it.
#pragma once

#include <cstdint>
#include <vector>

#include "load/import_window.h"
#include "load/onnx/call.h"

namespace rheo::onnx {

// From the attributes kernel_shape (else `kernel`), strides, dilations, pads and auto_pad of a node that reads `x`
// [batch, channels, spatial...]; unsupported when a list has not one entry per spatial dimension, or when kernel_shape
// is not the `kernel` that the weights have.
Result<Window> window_of(Call& call, const Shape& x, std::vector<std::int64_t> kernel = {});

// The settings of a pool with a window over two dimensions, besides `others`. An average has no dilations.
Attributes pool_settings(OpKind kind, const Window& window, Attributes others);

}  // namespace rheo::onnx

// SPDX-License-Identifier: Apache-2.0
// Windows over three dimensions, [batch, channels, depth, height, width], said in ops over two.
#pragma once

#include <rheo/status.h>

#include "load/onnx/call.h"
#include "load/onnx/window.h"

namespace rheo::onnx {

// Pools height and width of every slice, then depth: the maximum and the mean of a box are those of its slices' maxima
// and means. `others` are the settings of `kind` besides the window.
Result<ImportValue> pooled_volume(Call& call, OpKind kind, ImportValue x, const Window& window,
                                  const Attributes& others);

// The slices under the depth of the kernel become channels of one picture per place in depth, so that one convolution
// computes all. That joins depth with the batch, which cannot stay open. w: [outputs, channels / groups, depth, height,
// width]; `bias` may be null.
Result<ImportValue> convolved_volume(Call& call, ImportValue x, ImportValue w, ImportValue* bias, const Window& window,
                                     std::int64_t groups);

}  // namespace rheo::onnx

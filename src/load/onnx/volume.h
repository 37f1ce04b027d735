// SPDX-License-Identifier: Apache-2.0
// Windows over three dimensions, [batch, channels, depth, height, width], said in ops over two.
#pragma once

#include <cstdint>
#include <vector>

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

// transposed_volume.cpp: every slice is spread out by itself, into as many as the kernel is deep, and those are added
// up where they come to lie. w: [channels, outputs / groups, depth, height, width]; `extra` is the output padding of
// each dimension. The batch cannot stay open either.
Result<ImportValue> transposed_volume(Call& call, ImportValue x, ImportValue w, ImportValue* bias, const Window& window,
                                      const std::vector<std::int64_t>& extra, std::int64_t groups);

// Steps of these: two dimensions as one; the part of a window that lies in a slice; that all dimensions but the batch
// are known and above 0; and that a kernel, each of whose slices takes ops of its own, is no deeper than anybody trains
// one.
std::int64_t joined(std::int64_t a, std::int64_t b);
Window plane_of(Window window);
Status require_volume(Call& call, const Shape& x);
Status require_shallow(Call& call, const Window& window);

}  // namespace rheo::onnx

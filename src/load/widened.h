// SPDX-License-Identifier: Apache-2.0
// An imported graph is the f32 graph that all paths are made from. 16-bit floats are how a model was stored: constants
// of them become f32, exactly.
#pragma once

#include <rheo/status.h>
#include <rheo/tensor.h>

namespace rheo {

// `tensor` itself, or its elements in f32 when they are bf16 or f16; then `widened` is set.
Result<Tensor> in_f32(Tensor tensor, bool& widened);

}  // namespace rheo

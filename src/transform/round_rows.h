// SPDX-License-Identifier: Apache-2.0
// Weights as bf16 for sums of few products. Neighbouring pixels are alike, so that what rounding does to the nine
// weights of a depthwise kernel adds up instead of cancelling: on photographs, half of the answers that bf16 changed in
// a mobile network were changed by these weights alone.
#pragma once

#include <rheo/status.h>
#include <rheo/tensor.h>

namespace rheo {

// `weights`: f32 [rows, ...]. Each weight is rounded up or down, the largest of a row first and what is left over added
// to the next, so that the sum of a row stays what it was to half a step of its smallest weight (error diffusion, Floyd
// and Steinberg, "An adaptive algorithm for spatial grey scale", 1976). A row that holds NaN or infinity is rounded to
// the nearest.
Result<Tensor> round_rows_to_bf16(const Tensor& weights);

}  // namespace rheo

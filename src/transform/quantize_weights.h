// SPDX-License-Identifier: Apache-2.0
// f32 weights -> i8 with one scale per output channel (axis 0), symmetric: stored in [-127, 127], zero point 0.
#pragma once

#include <span>

#include <rheo/status.h>

#include "tensor/tensor_type.h"

namespace rheo {

struct QuantizedWeights {
  Tensor elements;            // i8, the shape of the weights
  Quantization quantization;  // axis 0, one scale per output channel
};

// `weights`: f32, [out, ...], finite. An all-zero channel gets scale 1. Depthwise ones are rounded by
// round_keeping_sum.
Result<QuantizedWeights> quantize_weights(const Tensor& weights);

// The scale for one channel: of the largest magnitude / 127 and its neighbours from 10 % less to 10 % more, the one
// with the smallest sum of squared rounding errors. A smaller one cuts off the largest weights, a larger one cuts off
// nothing. Only channels of few weights (depthwise, first layers) are searched; with many the first is hard to beat.
float weight_scale(std::span<const float> channel);

// sum (w - scale * stored(w))^2, what weight_scale minimises.
double squared_error(std::span<const float> channel, float scale);

}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// What follows a sum of products: stored = convert(activation(sum * scale[c] + bias[c] + residual) / output_scale).
#pragma once

#include <rheo/tensor.h>

#include "kernels/cpu/activation.h"

namespace rheo {

// Plain data, set at bind. scale and bias hold one number per output channel and are readable 16 numbers further.
struct Finish {
  const float* scale = nullptr;  // null: nothing follows, the sums are stored as f32, whole vectors of channels
  const float* bias = nullptr;
  Activation activation;
  const void* residual = nullptr;  // null: none; else laid out as the output
  DType residual_dtype = DType::f32;
  float residual_scale = 1;
  void* output = nullptr;
  DType output_dtype = DType::f32;
  float inverse_output_scale = 1;
};

}  // namespace rheo

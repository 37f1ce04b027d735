// SPDX-License-Identifier: Apache-2.0
// What follows a sum of products: stored = convert(activation(sum * scale[c] + bias[c] + residual) / output_scale),
// for 8-bit results plus their zero point. That of the residual is part of the bias.
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
  int output_zero_point = 0;
  // The same in steps of an 8-bit result, zero point included, where the activation is none, relu, a clamp or gelu;
  // else null.
  const float* byte_scale = nullptr;
  const float* byte_bias = nullptr;
  float byte_low = 0, byte_high = 0;  // bounds of activation and type
  bool is_bounded_by_type = false;    // these are the bounds of the type, and no sum leaves 32 bits in steps
  bool is_byte_gelu = false;      // gelu instead of bounds: scale and bias are in real units, and there is no residual
  float byte_residual_scale = 0;  // of an 8-bit residual, whose zero point is part of the bias
};

}  // namespace rheo

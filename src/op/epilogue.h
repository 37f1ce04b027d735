// SPDX-License-Identifier: Apache-2.0
// What conv2d and linear do after the sum of products: add bias and residual, apply an activation, change the type,
// which attention does too.
#pragma once

#include <limits>
#include <optional>

#include <rheo/status.h>

#include "op/activation.h"
#include "op/attributes.h"
#include "op/op.h"

namespace rheo {

// A value type; read from attributes that passed infer_types.
struct Epilogue {
  std::optional<ActivationSettings> activation;
  std::optional<DType> out_dtype;  // as given; the output type says what it became
  float out_scale = 1;             // of an 8-bit result: real = out_scale * stored

  static Epilogue from(const Attributes& attributes);
};

// Input positions of conv2d and linear.
inline constexpr std::size_t kWeightsInput = 1;
inline constexpr std::size_t kBiasInput = 2;
inline constexpr std::size_t kResidualInput = 3;

// What "out_dtype", "out_scale" and "out_zero_point" make of a result of `shape`. Input 0 says which types there are to
// choose from; `may_round_f32`: of f32 not f32 alone, but bf16 as well.
Result<TensorType> infer_result_type(const OpContext& context, const Shape& shape, bool may_round_f32 = false);

// The output type of conv2d and linear, given its shape: checks dtypes and scales of x and weights, bias and residual,
// and the attributes of the epilogue. `out_channels` is dimension 0 of the weights.
Result<TensorType> infer_product_type(const OpContext& context, const Shape& output_shape, std::int64_t out_channels);

}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// The functions that schemas.cpp puts into its one list, each defined in the file of its op family. Private to src/op.
#pragma once

#include "op/inference.h"

namespace rheo {

// conv2d.cpp, linear.cpp, matmul.cpp
Types infer_conv2d(const OpContext& context);
std::int64_t conv2d_multiply_adds(const OpContext& context, const TensorType& output);
Types infer_linear(const OpContext& context);
std::int64_t linear_multiply_adds(const OpContext& context, const TensorType& output);
Types infer_matmul(const OpContext& context);
std::int64_t matmul_multiply_adds(const OpContext& context, const TensorType& output);

// normalisation.cpp
Types infer_batch_norm(const OpContext& context);
Types infer_layer_norm(const OpContext& context);
Types infer_group_norm(const OpContext& context);
Types infer_rms_norm(const OpContext& context);

// local_response_norm.cpp, lp_normalize.cpp
Types infer_local_response_norm(const OpContext& context);
Types infer_lp_normalize(const OpContext& context);

// conv_transpose2d.cpp
Types infer_conv_transpose2d(const OpContext& context);
std::int64_t conv_transpose2d_multiply_adds(const OpContext& context, const TensorType& output);

// recurrent.cpp
Types infer_lstm(const OpContext& context);
Types infer_gru(const OpContext& context);
Types infer_rnn(const OpContext& context);
std::int64_t recurrent_multiply_adds(const OpContext& context, const TensorType& y);

// attention.cpp
Types infer_attention(const OpContext& context);
std::int64_t attention_multiply_adds(const OpContext& context, const TensorType& output);

// activation.cpp: float only; 8-bit too, because the result fits the input's scale; and clamp, which has bounds.
Types infer_float_activation(const OpContext& context);
Types infer_range_activation(const OpContext& context);
Types infer_clamp(const OpContext& context);

// arithmetic.cpp
Types infer_arithmetic(const OpContext& context);

// pooling.cpp
Types infer_max_pool2d(const OpContext& context);
Types infer_avg_pool2d(const OpContext& context);
Types infer_global_avg_pool(const OpContext& context);
Types infer_adaptive_avg_pool2d(const OpContext& context);

// softmax.cpp
Types infer_softmax(const OpContext& context);

// shape_ops.cpp
Types infer_concat(const OpContext& context);
Types infer_slice(const OpContext& context);
Types infer_reshape(const OpContext& context);
Types infer_flatten(const OpContext& context);
Types infer_transpose(const OpContext& context);

// mean.cpp
Types infer_mean(const OpContext& context);

// conversion.cpp
Types infer_quantize(const OpContext& context);
Types infer_dequantize(const OpContext& context);
Types infer_cast(const OpContext& context);
Types infer_reorder(const OpContext& context);

}  // namespace rheo

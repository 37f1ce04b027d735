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

// activation.cpp: float only; 8-bit too, because the result fits the input's scale; and those whose attributes need a
// look.
Types infer_float_activation(const OpContext& context);
Types infer_range_activation(const OpContext& context);
Types infer_clamp(const OpContext& context);
Types infer_gelu(const OpContext& context);
Types infer_celu(const OpContext& context);

// unary.cpp: neg, abs and sign; is_nan and is_inf; logical_not
Types infer_signed_unary(const OpContext& context);
Types infer_classify(const OpContext& context);
Types infer_logical_not(const OpContext& context);

// arithmetic.cpp
Types infer_arithmetic(const OpContext& context);
Types infer_pow(const OpContext& context);
Types infer_prelu(const OpContext& context);

// comparison.cpp: equal; greater, less and so on; logical_and, logical_or and logical_xor
Types infer_equal(const OpContext& context);
Types infer_order(const OpContext& context);
Types infer_logical(const OpContext& context);

// where.cpp
Types infer_where(const OpContext& context);

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

// reduction.cpp, ordering.cpp
Types infer_reduce(const OpContext& context);
Types infer_float_reduce(const OpContext& context);
Types infer_arg_extreme(const OpContext& context);
Types infer_top_k(const OpContext& context);
Types infer_cumsum(const OpContext& context);

// indexing.cpp, scattering.cpp. Indices [..., n along the axis, ...] fit x: no longer than it elsewhere, open where it
// is.
Status check_element_indices(const OpContext& context, std::size_t axis);
Types infer_gather(const OpContext& context);
Types infer_gather_elements(const OpContext& context);
Types infer_gather_nd(const OpContext& context);
Types infer_scatter_elements(const OpContext& context);
Types infer_scatter_nd(const OpContext& context);
Types infer_one_hot(const OpContext& context);

// rearranging.cpp, pad.cpp, resize.cpp
Types infer_expand(const OpContext& context);
Types infer_tile(const OpContext& context);
Types infer_pad(const OpContext& context);
Types infer_depth_to_space(const OpContext& context);
Types infer_space_to_depth(const OpContext& context);
Types infer_resize(const OpContext& context);
Types infer_trilu(const OpContext& context);

// conversion.cpp
Types infer_quantize(const OpContext& context);
Types infer_dequantize(const OpContext& context);
Types infer_cast(const OpContext& context);
Types infer_reorder(const OpContext& context);

}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// The ONNX operators that Rheo knows, and the functions that say them in ops of Rheo. To add one: its function in the
// file of its family, and a row in lowerings.cpp.
//
// Semantics are those of github.com/onnx/onnx, docs/Operators.md and docs/Changelog.md: what an operator means in the
// operator set that the model imports (Call::opset).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "load/onnx/call.h"

namespace rheo::onnx {

struct Lowering {
  std::string_view op;
  Status (*lower)(Call& call);
};

// The operators of ONNX Runtime itself, of which Rheo knows those that its quantiser writes.
inline constexpr std::string_view kMicrosoft = "com.microsoft";

// Null: Rheo lacks the operator. `domain`: "" is ONNX itself.
const Lowering* find_lowering(std::string_view op, std::string_view domain = {});
std::span<const Lowering> lowerings(std::string_view domain = {});

// Whether an attribute says nothing about what the operator answers here: it steers training, or repeats what the
// weights say, or is about what Rheo refuses or computes in f32 anyway.
bool means_nothing(std::string_view attribute, std::string_view op);

// Files of an older operator set are refused, but for operators that mean the same since set 1. Set 6 is what PyTorch
// wrote first; what changed with set 7, broadcasting above all, is read in both meanings.
inline constexpr std::int64_t kOldestOperatorSet = 6;
bool means_the_same_since_set_1(std::string_view op);

// lower_convolution.cpp
Status lower_conv(Call& call);
Status lower_conv_transpose(Call& call);

// lower_linear.cpp
Status lower_gemm(Call& call);
Status lower_matmul(Call& call);
Status lower_einsum(Call& call);

// lower_elementwise.cpp
Status lower_unary(Call& call);
Status lower_binary(Call& call);
Status lower_pow(Call& call);
Status lower_clip(Call& call);
Status lower_gelu(Call& call);
Status lower_hardsigmoid(Call& call);
Status lower_alpha(Call& call);
Status lower_variadic(Call& call);
Status lower_where(Call& call);
Status lower_mod(Call& call);
Status lower_isinf(Call& call);

// lower_normalisation.cpp
Status lower_batch_norm(Call& call);
Status lower_layer_norm(Call& call);
Status lower_instance_norm(Call& call);
Status lower_group_norm(Call& call);
Status lower_local_response_norm(Call& call);
Status lower_lp_norm(Call& call);
Status lower_softmax(Call& call);

// lower_pooling.cpp
Status lower_max_pool(Call& call);
Status lower_average_pool(Call& call);
Status lower_global_pool(Call& call);
// Averages of `x`, which has the shape of input 0, with the settings of the node.
Result<ImportValue> average_pooled(Call& call, ImportValue x);

// lower_reduction.cpp
Status lower_reduce(Call& call);
Status lower_arg(Call& call);
Status lower_top_k(Call& call);
Status lower_cumsum(Call& call);

// lower_shape.cpp
Status lower_shape_of(Call& call);
Status lower_size(Call& call);
Status lower_reshape(Call& call);
Status lower_flatten(Call& call);
Status lower_squeeze(Call& call);
Status lower_unsqueeze(Call& call);
Status lower_transpose(Call& call);
Status lower_expand(Call& call);

// lower_parts.cpp
Status lower_concat(Call& call);
Status lower_slice(Call& call);
Status lower_split(Call& call);
Status lower_pad(Call& call);
Status lower_tile(Call& call);
Status lower_depth_to_space(Call& call);

// lower_resize.cpp
Status lower_resize(Call& call);

// lower_indexing.cpp
Status lower_gather(Call& call);
Status lower_gather_elements(Call& call);
Status lower_gather_nd(Call& call);
Status lower_scatter_elements(Call& call);
Status lower_scatter_nd(Call& call);
Status lower_one_hot(Call& call);
Status lower_trilu(Call& call);

// lower_constant.cpp
Status lower_identity(Call& call);
Status lower_dropout(Call& call);
Status lower_cast(Call& call);
Status lower_constant(Call& call);
Status lower_constant_of_shape(Call& call);
Status lower_range(Call& call);
Status lower_eye_like(Call& call);
Status lower_if(Call& call);

// lower_quantized.cpp
Status lower_quantize(Call& call);
Status lower_dequantize(Call& call);
Status lower_dynamic_quantize(Call& call);
Status lower_qlinear_conv(Call& call);
Status lower_qlinear_matmul(Call& call);
Status lower_conv_integer(Call& call);
Status lower_matmul_integer(Call& call);

// lower_microsoft.cpp
Status lower_qlinear_binary(Call& call);
Status lower_qlinear_unary(Call& call);
Status lower_qlinear_average_pool(Call& call);
Status lower_qlinear_concat(Call& call);
Status lower_qgemm(Call& call);

// lower_recurrent.cpp
Status lower_recurrent(Call& call);

}  // namespace rheo::onnx

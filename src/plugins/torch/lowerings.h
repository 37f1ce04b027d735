// SPDX-License-Identifier: Apache-2.0
// The list of TorchScript ops that the plugin knows, and the functions that say them in ops of Rheo.
#pragma once

#include <cstddef>
#include <string_view>

#include "plugins/torch/call.h"

namespace rheo::torch_import {

struct Lowering {
  std::string_view name;      // "aten::relu"; stands for "aten::relu_" too
  std::size_t min_arguments;  // fewer: an unknown form of the op
  void (*lower)(Call& call);
};

// Null: Rheo lacks the op.
const Lowering* find_lowering(std::string_view name);

// lower_convolution.cpp
void lower_conv2d(Call& call);
void lower_convolution(Call& call);

// lower_linear.cpp
void lower_linear(Call& call);
void lower_addmm(Call& call);
void lower_matmul(Call& call);

// lower_elementwise.cpp
void lower_relu(Call& call);
void lower_relu6(Call& call);
void lower_hardswish(Call& call);
void lower_hardsigmoid(Call& call);
void lower_silu(Call& call);
void lower_gelu(Call& call);
void lower_sigmoid(Call& call);
void lower_tanh(Call& call);
void lower_clamp(Call& call);
void lower_clamp_min(Call& call);
void lower_clamp_max(Call& call);
void lower_add(Call& call);
void lower_sub(Call& call);
void lower_rsub(Call& call);
void lower_mul(Call& call);
void lower_div(Call& call);
void lower_neg(Call& call);

// lower_pooling.cpp
void lower_max_pool2d(Call& call);
void lower_avg_pool2d(Call& call);
void lower_adaptive_avg_pool2d(Call& call);
void lower_mean(Call& call);

// lower_normalisation.cpp
void lower_batch_norm(Call& call);
void lower_layer_norm(Call& call);
void lower_softmax(Call& call);
void lower_log_softmax(Call& call);

// lower_shape.cpp
void lower_identity(Call& call);
void lower_dropout(Call& call);
void lower_to(Call& call);
void lower_cat(Call& call);
void lower_slice(Call& call);
void lower_select(Call& call);
void lower_flatten(Call& call);
void lower_reshape(Call& call);
void lower_squeeze(Call& call);
void lower_unsqueeze(Call& call);
void lower_transpose(Call& call);
void lower_permute(Call& call);
void lower_t(Call& call);

}  // namespace rheo::torch_import

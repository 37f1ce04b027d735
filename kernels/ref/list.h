// SPDX-License-Identifier: Apache-2.0
// The makers that list.cpp puts into the one list of reference kernels, one per file of this folder.
#pragma once

#include "kernels/kernel.h"

namespace rheo::ref {

using MadeKernel = Result<std::unique_ptr<Kernel>>;

MadeKernel make_conv2d(const KernelRequest& request);
MadeKernel make_linear(const KernelRequest& request);
MadeKernel make_matmul(const KernelRequest& request);
MadeKernel make_batch_norm(const KernelRequest& request);
MadeKernel make_layer_norm(const KernelRequest& request);
MadeKernel make_group_norm(const KernelRequest& request);
MadeKernel make_rms_norm(const KernelRequest& request);
MadeKernel make_local_response_norm(const KernelRequest& request);
MadeKernel make_lp_normalize(const KernelRequest& request);
MadeKernel make_conv_transpose2d(const KernelRequest& request);
MadeKernel make_lstm(const KernelRequest& request);
MadeKernel make_gru(const KernelRequest& request);
MadeKernel make_rnn(const KernelRequest& request);
MadeKernel make_attention(const KernelRequest& request);
MadeKernel make_activation(const KernelRequest& request);
MadeKernel make_integer_unary(const KernelRequest& request);  // of make_activation
MadeKernel make_classify(const KernelRequest& request);
MadeKernel make_arithmetic(const KernelRequest& request);
MadeKernel make_integer_arithmetic(const KernelRequest& request);  // of make_arithmetic
MadeKernel make_comparison(const KernelRequest& request);
MadeKernel make_logical(const KernelRequest& request);
MadeKernel make_where(const KernelRequest& request);
MadeKernel make_max_pool2d(const KernelRequest& request);
MadeKernel make_avg_pool2d(const KernelRequest& request);
MadeKernel make_softmax(const KernelRequest& request);
MadeKernel make_concat(const KernelRequest& request);
MadeKernel make_slice(const KernelRequest& request);
MadeKernel make_reshape(const KernelRequest& request);
MadeKernel make_transpose(const KernelRequest& request);
MadeKernel make_mean(const KernelRequest& request);
MadeKernel make_reduce(const KernelRequest& request);
MadeKernel make_arg_extreme(const KernelRequest& request);
MadeKernel make_top_k(const KernelRequest& request);
MadeKernel make_cumsum(const KernelRequest& request);
MadeKernel make_gather(const KernelRequest& request);
MadeKernel make_gather_elements(const KernelRequest& request);
MadeKernel make_gather_nd(const KernelRequest& request);
MadeKernel make_scatter_elements(const KernelRequest& request);
MadeKernel make_scatter_nd(const KernelRequest& request);
MadeKernel make_expand(const KernelRequest& request);
MadeKernel make_tile(const KernelRequest& request);
MadeKernel make_pad(const KernelRequest& request);
MadeKernel make_depth_to_space(const KernelRequest& request);
MadeKernel make_space_to_depth(const KernelRequest& request);
MadeKernel make_resize(const KernelRequest& request);
MadeKernel make_trilu(const KernelRequest& request);
MadeKernel make_one_hot(const KernelRequest& request);
MadeKernel make_quantize(const KernelRequest& request);
MadeKernel make_dequantize(const KernelRequest& request);
MadeKernel make_cast(const KernelRequest& request);
MadeKernel make_reorder(const KernelRequest& request);

}  // namespace rheo::ref

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
MadeKernel make_arithmetic(const KernelRequest& request);
MadeKernel make_max_pool2d(const KernelRequest& request);
MadeKernel make_avg_pool2d(const KernelRequest& request);
MadeKernel make_softmax(const KernelRequest& request);
MadeKernel make_concat(const KernelRequest& request);
MadeKernel make_slice(const KernelRequest& request);
MadeKernel make_reshape(const KernelRequest& request);
MadeKernel make_transpose(const KernelRequest& request);
MadeKernel make_mean(const KernelRequest& request);
MadeKernel make_quantize(const KernelRequest& request);
MadeKernel make_dequantize(const KernelRequest& request);
MadeKernel make_cast(const KernelRequest& request);
MadeKernel make_reorder(const KernelRequest& request);

}  // namespace rheo::ref

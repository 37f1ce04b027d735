// SPDX-License-Identifier: Apache-2.0
// The makers behind list.cpp, one per op and implementation. Each refuses with a sentence what it cannot do.
#pragma once

#include <memory>

#include <rheo/status.h>

#include "kernels/kernel.h"

namespace rheo {

Result<std::unique_ptr<Kernel>> make_dnnl_winograd(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_dnnl_depthwise(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_dnnl_conv2d(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_dnnl_linear(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_dnnl_matmul(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_dnnl_max_pool2d(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_dnnl_avg_pool2d(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_dnnl_global_avg_pool(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_dnnl_adaptive_avg_pool2d(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_dnnl_layer_norm(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_dnnl_unary(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_dnnl_arithmetic(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_depthwise(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_winograd(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_conv2d(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_linear(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_max_pool2d(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_avg_pool2d(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_global_avg_pool(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_adaptive_avg_pool2d(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_unary(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_arithmetic(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_reshape(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_reorder(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_quantize(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_dequantize(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_cast(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_batch_norm(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_layer_norm(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_group_norm(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_rms_norm(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_local_response_norm(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_lp_normalize(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_conv_transpose2d(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_recurrent(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_attention(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_softmax(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_matmul(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_mean(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_concat(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_slice(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_transpose(const KernelRequest& request);

}  // namespace rheo

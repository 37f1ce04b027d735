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
Result<std::unique_ptr<Kernel>> make_own_pointwise(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_deep_conv2d(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_depthwise_f32(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_depthwise(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_depthwise_rows(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_winograd(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_conv2d(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_linear(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_max_pool2d(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_avg_pool2d(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_global_avg_pool(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_adaptive_avg_pool2d(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_unary(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_arithmetic(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_function(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_library_function(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_integer_unary(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_classify(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_whole_pow(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_comparison(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_logical(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_logical_not(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_where(const KernelRequest& request);
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
Result<std::unique_ptr<Kernel>> make_own_reduce(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_arg_extreme(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_top_k(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_cumsum(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_gather(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_gather_elements(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_gather_nd(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_scatter_elements(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_scatter_nd(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_expand(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_tile(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_pad(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_depth_to_space(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_space_to_depth(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_resize(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_trilu(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_one_hot(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_concat(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_slice(const KernelRequest& request);
Result<std::unique_ptr<Kernel>> make_own_transpose(const KernelRequest& request);

}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// The kernels of this backend, best first. The order is what measurement on small and middle-sized networks showed;
// `adapt` may choose otherwise per node.
// Tested by tests/agree/kernels_conv2d_test.cpp and kernels_dnnl_test.cpp.
#include <array>

#include "kernels/cpu/entries.h"
#include "kernels/kernel.h"

namespace rheo {
namespace {

constexpr std::array kEntries = {
    KernelEntry{OpKind::conv2d, "own.conv2d.winograd", &make_own_winograd},
    KernelEntry{OpKind::conv2d, "dnnl.conv2d.winograd", &make_dnnl_winograd},
    KernelEntry{OpKind::conv2d, "dnnl.conv2d.depthwise", &make_dnnl_depthwise},
    KernelEntry{OpKind::conv2d, "own.conv2d.depthwise", &make_own_depthwise},
    KernelEntry{OpKind::conv2d, "dnnl.conv2d", &make_dnnl_conv2d},
    KernelEntry{OpKind::conv2d, "own.conv2d", &make_own_conv2d},
    KernelEntry{OpKind::linear, "own.linear", &make_own_linear},
    KernelEntry{OpKind::linear, "dnnl.linear", &make_dnnl_linear},
    KernelEntry{OpKind::relu, "own.relu", &make_own_unary},
    KernelEntry{OpKind::relu6, "own.relu6", &make_own_unary},
    KernelEntry{OpKind::hardswish, "dnnl.hardswish", &make_dnnl_unary},
    KernelEntry{OpKind::hardswish, "own.hardswish", &make_own_unary},
    KernelEntry{OpKind::hardsigmoid, "own.hardsigmoid", &make_own_unary},
    KernelEntry{OpKind::silu, "own.silu", &make_own_unary},
    KernelEntry{OpKind::gelu, "own.gelu", &make_own_unary},
    KernelEntry{OpKind::gelu, "dnnl.gelu", &make_dnnl_unary},
    KernelEntry{OpKind::sigmoid, "own.sigmoid", &make_own_unary},
    KernelEntry{OpKind::sigmoid, "dnnl.sigmoid", &make_dnnl_unary},
    KernelEntry{OpKind::tanh, "own.tanh", &make_own_unary},
    KernelEntry{OpKind::tanh, "dnnl.tanh", &make_dnnl_unary},
    KernelEntry{OpKind::clamp, "own.clamp", &make_own_unary},
    KernelEntry{OpKind::add, "dnnl.add", &make_dnnl_arithmetic},
    KernelEntry{OpKind::add, "own.add", &make_own_arithmetic},
    KernelEntry{OpKind::sub, "dnnl.sub", &make_dnnl_arithmetic},
    KernelEntry{OpKind::sub, "own.sub", &make_own_arithmetic},
    KernelEntry{OpKind::mul, "dnnl.mul", &make_dnnl_arithmetic},
    KernelEntry{OpKind::mul, "own.mul", &make_own_arithmetic},
    KernelEntry{OpKind::div, "dnnl.div", &make_dnnl_arithmetic},
    KernelEntry{OpKind::div, "own.div", &make_own_arithmetic},
    KernelEntry{OpKind::max_pool2d, "dnnl.max_pool2d", &make_dnnl_max_pool2d},
    KernelEntry{OpKind::max_pool2d, "own.max_pool2d", &make_own_max_pool2d},
    KernelEntry{OpKind::avg_pool2d, "dnnl.avg_pool2d", &make_dnnl_avg_pool2d},
    KernelEntry{OpKind::avg_pool2d, "own.avg_pool2d", &make_own_avg_pool2d},
    KernelEntry{OpKind::global_avg_pool, "dnnl.global_avg_pool", &make_dnnl_global_avg_pool},
    KernelEntry{OpKind::global_avg_pool, "own.global_avg_pool", &make_own_global_avg_pool},
    KernelEntry{OpKind::adaptive_avg_pool2d, "dnnl.adaptive_avg_pool2d", &make_dnnl_adaptive_avg_pool2d},
    KernelEntry{OpKind::adaptive_avg_pool2d, "own.adaptive_avg_pool2d", &make_own_adaptive_avg_pool2d},
    KernelEntry{OpKind::reshape, "own.reshape", &make_own_reshape},
    KernelEntry{OpKind::flatten, "own.flatten", &make_own_reshape},
    KernelEntry{OpKind::quantize, "own.quantize", &make_own_quantize},
    KernelEntry{OpKind::dequantize, "own.dequantize", &make_own_dequantize},
    KernelEntry{OpKind::cast, "own.cast", &make_own_cast},
    KernelEntry{OpKind::reorder, "own.reorder", &make_own_reorder},
    KernelEntry{OpKind::matmul, "dnnl.matmul", &make_dnnl_matmul},
    KernelEntry{OpKind::matmul, "own.matmul", &make_own_matmul},
    KernelEntry{OpKind::batch_norm, "own.batch_norm", &make_own_batch_norm},
    KernelEntry{OpKind::layer_norm, "dnnl.layer_norm", &make_dnnl_layer_norm},
    KernelEntry{OpKind::layer_norm, "own.layer_norm", &make_own_layer_norm},
    KernelEntry{OpKind::group_norm, "own.group_norm", &make_own_group_norm},
    KernelEntry{OpKind::rms_norm, "own.rms_norm", &make_own_rms_norm},
    KernelEntry{OpKind::local_response_norm, "own.local_response_norm", &make_own_local_response_norm},
    KernelEntry{OpKind::lp_normalize, "own.lp_normalize", &make_own_lp_normalize},
    KernelEntry{OpKind::conv_transpose2d, "own.conv_transpose2d", &make_own_conv_transpose2d},
    KernelEntry{OpKind::lstm, "own.lstm", &make_own_recurrent},
    KernelEntry{OpKind::gru, "own.gru", &make_own_recurrent},
    KernelEntry{OpKind::rnn, "own.rnn", &make_own_recurrent},
    KernelEntry{OpKind::attention, "own.attention", &make_own_attention},
    KernelEntry{OpKind::softmax, "own.softmax", &make_own_softmax},
    KernelEntry{OpKind::log_softmax, "own.log_softmax", &make_own_softmax},
    KernelEntry{OpKind::mean, "own.mean", &make_own_mean},
    KernelEntry{OpKind::concat, "own.concat", &make_own_concat},
    KernelEntry{OpKind::slice, "own.slice", &make_own_slice},
    KernelEntry{OpKind::transpose, "own.transpose", &make_own_transpose},
};

}  // namespace

std::span<const KernelEntry> cpu_kernels() { return kEntries; }

}  // namespace rheo

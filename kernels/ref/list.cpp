// SPDX-License-Identifier: Apache-2.0
// The one list of reference kernels: one per op, so the order does not matter.
// Tested by tests/kernels/ref/list_test.cpp.
#include "kernels/ref/list.h"

namespace rheo {
namespace {

constexpr KernelEntry kEntries[] = {
    {OpKind::conv2d, "ref.conv2d", ref::make_conv2d},
    {OpKind::linear, "ref.linear", ref::make_linear},
    {OpKind::matmul, "ref.matmul", ref::make_matmul},
    {OpKind::batch_norm, "ref.batch_norm", ref::make_batch_norm},
    {OpKind::layer_norm, "ref.layer_norm", ref::make_layer_norm},
    {OpKind::group_norm, "ref.group_norm", ref::make_group_norm},
    {OpKind::rms_norm, "ref.rms_norm", ref::make_rms_norm},
    {OpKind::local_response_norm, "ref.local_response_norm", ref::make_local_response_norm},
    {OpKind::lp_normalize, "ref.lp_normalize", ref::make_lp_normalize},
    {OpKind::conv_transpose2d, "ref.conv_transpose2d", ref::make_conv_transpose2d},
    {OpKind::lstm, "ref.lstm", ref::make_lstm},
    {OpKind::gru, "ref.gru", ref::make_gru},
    {OpKind::rnn, "ref.rnn", ref::make_rnn},
    {OpKind::attention, "ref.attention", ref::make_attention},
    {OpKind::relu, "ref.relu", ref::make_activation},
    {OpKind::relu6, "ref.relu6", ref::make_activation},
    {OpKind::hardswish, "ref.hardswish", ref::make_activation},
    {OpKind::hardsigmoid, "ref.hardsigmoid", ref::make_activation},
    {OpKind::silu, "ref.silu", ref::make_activation},
    {OpKind::gelu, "ref.gelu", ref::make_activation},
    {OpKind::sigmoid, "ref.sigmoid", ref::make_activation},
    {OpKind::tanh, "ref.tanh", ref::make_activation},
    {OpKind::clamp, "ref.clamp", ref::make_activation},
    {OpKind::add, "ref.add", ref::make_arithmetic},
    {OpKind::sub, "ref.sub", ref::make_arithmetic},
    {OpKind::mul, "ref.mul", ref::make_arithmetic},
    {OpKind::div, "ref.div", ref::make_arithmetic},
    {OpKind::max_pool2d, "ref.max_pool2d", ref::make_max_pool2d},
    {OpKind::avg_pool2d, "ref.avg_pool2d", ref::make_avg_pool2d},
    {OpKind::global_avg_pool, "ref.global_avg_pool", ref::make_avg_pool2d},
    {OpKind::adaptive_avg_pool2d, "ref.adaptive_avg_pool2d", ref::make_avg_pool2d},
    {OpKind::softmax, "ref.softmax", ref::make_softmax},
    {OpKind::log_softmax, "ref.log_softmax", ref::make_softmax},
    {OpKind::concat, "ref.concat", ref::make_concat},
    {OpKind::slice, "ref.slice", ref::make_slice},
    {OpKind::reshape, "ref.reshape", ref::make_reshape},
    {OpKind::flatten, "ref.flatten", ref::make_reshape},
    {OpKind::transpose, "ref.transpose", ref::make_transpose},
    {OpKind::mean, "ref.mean", ref::make_mean},
    {OpKind::quantize, "ref.quantize", ref::make_quantize},
    {OpKind::dequantize, "ref.dequantize", ref::make_dequantize},
    {OpKind::cast, "ref.cast", ref::make_cast},
    {OpKind::reorder, "ref.reorder", ref::make_reorder},
};

}  // namespace

std::span<const KernelEntry> reference_kernels() { return kEntries; }

}  // namespace rheo

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
    {OpKind::reduce_sum, "ref.reduce_sum", ref::make_reduce},
    {OpKind::reduce_max, "ref.reduce_max", ref::make_reduce},
    {OpKind::reduce_min, "ref.reduce_min", ref::make_reduce},
    {OpKind::reduce_prod, "ref.reduce_prod", ref::make_reduce},
    {OpKind::reduce_l1, "ref.reduce_l1", ref::make_reduce},
    {OpKind::reduce_l2, "ref.reduce_l2", ref::make_reduce},
    {OpKind::reduce_sum_square, "ref.reduce_sum_square", ref::make_reduce},
    {OpKind::reduce_log_sum, "ref.reduce_log_sum", ref::make_reduce},
    {OpKind::reduce_log_sum_exp, "ref.reduce_log_sum_exp", ref::make_reduce},
    {OpKind::argmax, "ref.argmax", ref::make_arg_extreme},
    {OpKind::argmin, "ref.argmin", ref::make_arg_extreme},
    {OpKind::top_k, "ref.top_k", ref::make_top_k},
    {OpKind::cumsum, "ref.cumsum", ref::make_cumsum},
    {OpKind::gather, "ref.gather", ref::make_gather},
    {OpKind::gather_elements, "ref.gather_elements", ref::make_gather_elements},
    {OpKind::gather_nd, "ref.gather_nd", ref::make_gather_nd},
    {OpKind::scatter_elements, "ref.scatter_elements", ref::make_scatter_elements},
    {OpKind::scatter_nd, "ref.scatter_nd", ref::make_scatter_nd},
    {OpKind::expand, "ref.expand", ref::make_expand},
    {OpKind::tile, "ref.tile", ref::make_tile},
    {OpKind::pad, "ref.pad", ref::make_pad},
    {OpKind::depth_to_space, "ref.depth_to_space", ref::make_depth_to_space},
    {OpKind::space_to_depth, "ref.space_to_depth", ref::make_space_to_depth},
    {OpKind::resize, "ref.resize", ref::make_resize},
    {OpKind::trilu, "ref.trilu", ref::make_trilu},
    {OpKind::one_hot, "ref.one_hot", ref::make_one_hot},
    {OpKind::quantize, "ref.quantize", ref::make_quantize},
    {OpKind::dequantize, "ref.dequantize", ref::make_dequantize},
    {OpKind::cast, "ref.cast", ref::make_cast},
    {OpKind::reorder, "ref.reorder", ref::make_reorder},
};

}  // namespace

std::span<const KernelEntry> reference_kernels() { return kEntries; }

}  // namespace rheo

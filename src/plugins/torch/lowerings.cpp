// SPDX-License-Identifier: Apache-2.0
// Tested by tests/golden/torch_import_test.cpp.
#include "plugins/torch/lowerings.h"

#include <algorithm>
#include <iterator>

namespace rheo::torch_import {
namespace {

constexpr Lowering kLowerings[] = {
    {"aten::conv2d", 7, lower_conv2d},
    {"aten::_convolution_mode", 7, lower_conv2d},
    {"aten::_convolution", 12, lower_convolution},
    {"aten::convolution", 9, lower_convolution},
    {"aten::linear", 2, lower_linear},
    {"aten::addmm", 5, lower_addmm},
    {"aten::matmul", 2, lower_matmul},
    {"aten::mm", 2, lower_matmul},
    {"aten::bmm", 2, lower_matmul},
    {"aten::relu", 1, lower_relu},
    {"aten::relu6", 1, lower_relu6},
    {"aten::hardtanh", 3, lower_clamp},
    {"aten::clamp", 3, lower_clamp},
    {"aten::clamp_min", 2, lower_clamp_min},
    {"aten::clamp_max", 2, lower_clamp_max},
    {"aten::hardswish", 1, lower_hardswish},
    {"aten::hardsigmoid", 1, lower_hardsigmoid},
    {"aten::silu", 1, lower_silu},
    {"aten::gelu", 1, lower_gelu},
    {"aten::sigmoid", 1, lower_sigmoid},
    {"aten::tanh", 1, lower_tanh},
    {"aten::add", 2, lower_add},
    {"aten::sub", 2, lower_sub},
    {"aten::rsub", 2, lower_rsub},
    {"aten::mul", 2, lower_mul},
    {"aten::div", 2, lower_div},
    {"aten::neg", 1, lower_neg},
    {"aten::max_pool2d", 6, lower_max_pool2d},
    {"aten::avg_pool2d", 6, lower_avg_pool2d},
    {"aten::adaptive_avg_pool2d", 2, lower_adaptive_avg_pool2d},
    {"aten::mean", 2, lower_mean},
    {"aten::batch_norm", 8, lower_batch_norm},
    {"aten::layer_norm", 5, lower_layer_norm},
    {"aten::softmax", 2, lower_softmax},
    {"aten::log_softmax", 2, lower_log_softmax},
    {"aten::contiguous", 1, lower_identity},
    {"aten::clone", 1, lower_identity},
    {"aten::detach", 1, lower_identity},
    {"aten::alias", 1, lower_identity},
    {"aten::dropout", 3, lower_dropout},
    {"aten::feature_dropout", 3, lower_dropout},
    {"aten::to", 2, lower_to},
    {"aten::cat", 2, lower_cat},
    {"aten::slice", 5, lower_slice},
    {"aten::select", 3, lower_select},
    {"aten::flatten", 3, lower_flatten},
    {"aten::view", 2, lower_reshape},
    {"aten::reshape", 2, lower_reshape},
    {"aten::squeeze", 2, lower_squeeze},
    {"aten::unsqueeze", 2, lower_unsqueeze},
    {"aten::transpose", 3, lower_transpose},
    {"aten::permute", 2, lower_permute},
    {"aten::t", 1, lower_t},
};

}  // namespace

const Lowering* find_lowering(std::string_view name) {
  const auto found = std::find_if(std::begin(kLowerings), std::end(kLowerings),
                                  [&](const Lowering& lowering) { return lowering.name == name; });
  return found == std::end(kLowerings) ? nullptr : &*found;
}

}  // namespace rheo::torch_import

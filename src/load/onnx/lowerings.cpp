// SPDX-License-Identifier: Apache-2.0
#include "load/onnx/lowerings.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace rheo::onnx {
namespace {

// Sorted by name, so that they can be searched.
constexpr Lowering kLowerings[] = {
    {"Abs", lower_unary},
    {"Acos", lower_unary},
    {"Acosh", lower_unary},
    {"Add", lower_binary},
    {"And", lower_binary},
    {"ArgMax", lower_arg},
    {"ArgMin", lower_arg},
    {"Asin", lower_unary},
    {"Asinh", lower_unary},
    {"Atan", lower_unary},
    {"Atanh", lower_unary},
    {"AveragePool", lower_average_pool},
    {"BatchNormalization", lower_batch_norm},
    {"Cast", lower_cast},
    {"CastLike", lower_cast},
    {"Ceil", lower_unary},
    {"Celu", lower_alpha},
    {"Clip", lower_clip},
    {"Concat", lower_concat},
    {"Constant", lower_constant},
    {"ConstantOfShape", lower_constant_of_shape},
    {"Conv", lower_conv},
    {"ConvInteger", lower_conv_integer},
    {"ConvTranspose", lower_conv_transpose},
    {"Cos", lower_unary},
    {"Cosh", lower_unary},
    {"CumSum", lower_cumsum},
    {"DepthToSpace", lower_depth_to_space},
    {"DequantizeLinear", lower_dequantize},
    {"Div", lower_binary},
    {"Dropout", lower_dropout},
    {"DynamicQuantizeLinear", lower_dynamic_quantize},
    {"Einsum", lower_einsum},
    {"Elu", lower_alpha},
    {"Equal", lower_binary},
    {"Erf", lower_unary},
    {"Exp", lower_unary},
    {"Expand", lower_expand},
    {"EyeLike", lower_eye_like},
    {"Flatten", lower_flatten},
    {"Floor", lower_unary},
    {"GRU", lower_recurrent},
    {"Gather", lower_gather},
    {"GatherElements", lower_gather_elements},
    {"GatherND", lower_gather_nd},
    {"Gelu", lower_gelu},
    {"Gemm", lower_gemm},
    {"GlobalAveragePool", lower_global_pool},
    {"GlobalMaxPool", lower_global_pool},
    {"Greater", lower_binary},
    {"GreaterOrEqual", lower_binary},
    {"GroupNormalization", lower_group_norm},
    {"HardSigmoid", lower_hardsigmoid},
    {"HardSwish", lower_unary},
    {"Identity", lower_identity},
    {"If", lower_if},
    {"InstanceNormalization", lower_instance_norm},
    {"IsInf", lower_isinf},
    {"IsNaN", lower_unary},
    {"LRN", lower_local_response_norm},
    {"LSTM", lower_recurrent},
    {"LayerNormalization", lower_layer_norm},
    {"LeakyRelu", lower_alpha},
    {"Less", lower_binary},
    {"LessOrEqual", lower_binary},
    {"Log", lower_unary},
    {"LogSoftmax", lower_softmax},
    {"LpNormalization", lower_lp_norm},
    {"MatMul", lower_matmul},
    {"MatMulInteger", lower_matmul_integer},
    {"Max", lower_variadic},
    {"MaxPool", lower_max_pool},
    {"Mean", lower_variadic},
    {"Min", lower_variadic},
    {"Mish", lower_unary},
    {"Mod", lower_mod},
    {"Mul", lower_binary},
    {"Neg", lower_unary},
    {"Not", lower_unary},
    {"OneHot", lower_one_hot},
    {"Or", lower_binary},
    {"PRelu", lower_binary},
    {"Pad", lower_pad},
    {"Pow", lower_pow},
    {"QLinearConv", lower_qlinear_conv},
    {"QLinearMatMul", lower_qlinear_matmul},
    {"QuantizeLinear", lower_quantize},
    {"RNN", lower_recurrent},
    {"Range", lower_range},
    {"Reciprocal", lower_unary},
    {"ReduceL1", lower_reduce},
    {"ReduceL2", lower_reduce},
    {"ReduceLogSum", lower_reduce},
    {"ReduceLogSumExp", lower_reduce},
    {"ReduceMax", lower_reduce},
    {"ReduceMean", lower_reduce},
    {"ReduceMin", lower_reduce},
    {"ReduceProd", lower_reduce},
    {"ReduceSum", lower_reduce},
    {"ReduceSumSquare", lower_reduce},
    {"Relu", lower_unary},
    {"Reshape", lower_reshape},
    {"Resize", lower_resize},
    {"Round", lower_unary},
    {"ScatterElements", lower_scatter_elements},
    {"ScatterND", lower_scatter_nd},
    {"Selu", lower_alpha},
    {"Shape", lower_shape_of},
    {"Sigmoid", lower_unary},
    {"Sign", lower_unary},
    {"Sin", lower_unary},
    {"Sinh", lower_unary},
    {"Size", lower_size},
    {"Slice", lower_slice},
    {"Softmax", lower_softmax},
    {"Softplus", lower_unary},
    {"Softsign", lower_unary},
    {"SpaceToDepth", lower_depth_to_space},
    {"Split", lower_split},
    {"Sqrt", lower_unary},
    {"Squeeze", lower_squeeze},
    {"Sub", lower_binary},
    {"Sum", lower_variadic},
    {"Tan", lower_unary},
    {"Tanh", lower_unary},
    {"ThresholdedRelu", lower_alpha},
    {"Tile", lower_tile},
    {"TopK", lower_top_k},
    {"Transpose", lower_transpose},
    {"Trilu", lower_trilu},
    {"Unsqueeze", lower_unsqueeze},
    {"Upsample", lower_resize},
    {"Where", lower_where},
    {"Xor", lower_binary},
};

constexpr Lowering kMicrosoftLowerings[] = {
    {"DequantizeLinear", lower_dequantize},    {"QGemm", lower_qgemm},
    {"QLinearAdd", lower_qlinear_binary},      {"QLinearAveragePool", lower_qlinear_average_pool},
    {"QLinearConcat", lower_qlinear_concat},   {"QLinearGlobalAveragePool", lower_qlinear_average_pool},
    {"QLinearLeakyRelu", lower_qlinear_unary}, {"QLinearMul", lower_qlinear_binary},
    {"QLinearSigmoid", lower_qlinear_unary},   {"QLinearSoftmax", lower_qlinear_unary},
    {"QuantizeLinear", lower_quantize},
};

constexpr std::pair<std::string_view, std::string_view> kMeaningless[] = {
    {"BatchNormalization", "momentum"},
    {"Cast", "round_mode"},
    {"Cast", "saturate"},
    {"CastLike", "round_mode"},
    {"CastLike", "saturate"},
    {"DequantizeLinear", "output_dtype"},
    {"Dropout", "is_test"},
    {"Dropout", "ratio"},
    {"Dropout", "seed"},
    {"GRU", "activation_alpha"},
    {"GRU", "activation_beta"},
    {"GRU", "hidden_size"},
    {"Gemm", "beta"},
    {"Gemm", "broadcast"},
    {"GroupNormalization", "stash_type"},
    {"If", "else_branch"},
    {"If", "then_branch"},
    {"LSTM", "activation_alpha"},
    {"LSTM", "activation_beta"},
    {"LSTM", "hidden_size"},
    {"LayerNormalization", "stash_type"},
    {"MaxPool", "storage_order"},
    {"QuantizeLinear", "precision"},
    {"QuantizeLinear", "saturate"},
    {"RNN", "activation_alpha"},
    {"RNN", "activation_beta"},
    {"RNN", "hidden_size"},
    {"Range", "stash_type"},
    {"Resize", "extrapolation_value"},
};

constexpr std::string_view kSameSinceSet1[] = {
    "ArgMax",
    "ArgMin",
    "Constant",
    "Conv",
    "ConvTranspose",
    "DepthToSpace",
    "Flatten",
    "Gather",
    "GlobalAveragePool",
    "GlobalMaxPool",
    "Identity",
    "LRN",
    "LogSoftmax",
    "LpNormalization",
    "MatMul",
    "MaxPool",
    "Not",
    "Shape",
    "Size",
    "Slice",
    "Softmax",
    "Softplus",
    "Softsign",
    "SpaceToDepth",
    "Squeeze",
    "TopK",
    "Transpose",
    "Unsqueeze",
};

constexpr bool by_name(const Lowering& a, const Lowering& b) { return a.op < b.op; }
static_assert(std::is_sorted(std::begin(kLowerings), std::end(kLowerings), by_name));
static_assert(std::is_sorted(std::begin(kMicrosoftLowerings), std::end(kMicrosoftLowerings), by_name));
static_assert(std::is_sorted(std::begin(kMeaningless), std::end(kMeaningless)));
static_assert(std::is_sorted(std::begin(kSameSinceSet1), std::end(kSameSinceSet1)));

}  // namespace

const Lowering* find_lowering(std::string_view op, std::string_view domain) {
  const std::span<const Lowering> list = lowerings(domain);
  const auto found = std::lower_bound(list.begin(), list.end(), Lowering{op, nullptr}, by_name);
  return found != list.end() && found->op == op ? &*found : nullptr;
}

bool means_nothing(std::string_view attribute, std::string_view op) {
  return std::binary_search(std::begin(kMeaningless), std::end(kMeaningless), std::pair(op, attribute));
}

bool means_the_same_since_set_1(std::string_view op) {
  return std::binary_search(std::begin(kSameSinceSet1), std::end(kSameSinceSet1), op);
}

std::span<const Lowering> lowerings(std::string_view domain) {
  if (domain == kMicrosoft) return kMicrosoftLowerings;
  return domain.empty() || domain == "ai.onnx" ? std::span<const Lowering>(kLowerings) : std::span<const Lowering>();
}

}  // namespace rheo::onnx

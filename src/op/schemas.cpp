// SPDX-License-Identifier: Apache-2.0
// The one list of ops. To add one: a kind in op.h, a row here, its functions in the file of its family.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "op/schema_functions.h"

namespace rheo {
namespace {

using Kind = AttributeSchema::Kind;

constexpr AttributeSchema kConv2d[] = {
    {"strides", Kind::integers}, {"pads", Kind::integers},         {"dilations", Kind::integers},
    {"groups", Kind::integer},   {"activation", Kind::text},       {"alpha", Kind::real},
    {"beta", Kind::real},        {"approximate", Kind::text},      {"out_dtype", Kind::text},
    {"out_scale", Kind::real},   {"out_zero_point", Kind::integer}};
constexpr AttributeSchema kLinear[] = {
    {"activation", Kind::text},       {"alpha", Kind::real},     {"beta", Kind::real},
    {"approximate", Kind::text},      {"out_dtype", Kind::text}, {"out_scale", Kind::real},
    {"out_zero_point", Kind::integer}};
constexpr AttributeSchema kBatchNorm[] = {{"epsilon", Kind::real}};
constexpr AttributeSchema kLayerNorm[] = {{"epsilon", Kind::real}, {"axes", Kind::integer}};
constexpr AttributeSchema kGroupNorm[] = {{"epsilon", Kind::real}, {"groups", Kind::integer}};
constexpr AttributeSchema kLocalResponseNorm[] = {
    {"size", Kind::integer}, {"alpha", Kind::real}, {"beta", Kind::real}, {"bias", Kind::real}};
constexpr AttributeSchema kLpNormalize[] = {{"axis", Kind::integer}, {"p", Kind::integer}};
constexpr AttributeSchema kConvTranspose2d[] = {
    {"strides", Kind::integers},   {"pads", Kind::integers},  {"output_padding", Kind::integers},
    {"dilations", Kind::integers}, {"groups", Kind::integer}, {"activation", Kind::text},
    {"alpha", Kind::real},         {"beta", Kind::real},      {"out_dtype", Kind::text}};
constexpr AttributeSchema kLstm[] = {
    {"direction", Kind::text}, {"activations", Kind::text}, {"clip", Kind::real}, {"input_forget", Kind::integer}};
constexpr AttributeSchema kGru[] = {{"direction", Kind::text},
                                    {"activations", Kind::text},
                                    {"clip", Kind::real},
                                    {"linear_before_reset", Kind::integer}};
constexpr AttributeSchema kRnn[] = {{"direction", Kind::text}, {"activations", Kind::text}, {"clip", Kind::real}};
constexpr AttributeSchema kAttention[] = {{"scale", Kind::real},       {"causal", Kind::integer},
                                          {"heads", Kind::integer},    {"depths", Kind::integers},
                                          {"columns", Kind::integers}, {"out_dtype", Kind::text},
                                          {"out_scale", Kind::real},   {"out_zero_point", Kind::integer}};
constexpr AttributeSchema kClamp[] = {{"min", Kind::real}, {"max", Kind::real}};
constexpr AttributeSchema kHardsigmoid[] = {{"alpha", Kind::real}, {"beta", Kind::real}};
constexpr AttributeSchema kGelu[] = {{"approximate", Kind::text}};
constexpr AttributeSchema kAlpha[] = {{"alpha", Kind::real}};
constexpr AttributeSchema kSelu[] = {{"alpha", Kind::real}, {"gamma", Kind::real}};
constexpr AttributeSchema kIsInf[] = {{"detect_negative", Kind::integer}, {"detect_positive", Kind::integer}};
constexpr AttributeSchema kMod[] = {{"fmod", Kind::integer}};
constexpr AttributeSchema kMaxPool2d[] = {{"kernel", Kind::integers},
                                          {"strides", Kind::integers},
                                          {"pads", Kind::integers},
                                          {"dilations", Kind::integers},
                                          {"ceil_mode", Kind::integer}};
constexpr AttributeSchema kAvgPool2d[] = {{"kernel", Kind::integers}, {"strides", Kind::integers},
                                          {"pads", Kind::integers},   {"ceil_mode", Kind::integer},
                                          {"out_dtype", Kind::text},  {"count_include_pad", Kind::integer}};
constexpr AttributeSchema kGlobalAvgPool[] = {{"out_dtype", Kind::text}};
constexpr AttributeSchema kAdaptiveAvgPool2d[] = {{"output_size", Kind::integers}, {"out_dtype", Kind::text}};
constexpr AttributeSchema kAxis[] = {{"axis", Kind::integer}};
constexpr AttributeSchema kSlice[] = {
    {"axis", Kind::integer}, {"start", Kind::integer}, {"end", Kind::integer}, {"step", Kind::integer}};
constexpr AttributeSchema kReshape[] = {{"shape", Kind::integers}};
constexpr AttributeSchema kFlatten[] = {{"start", Kind::integer}, {"end", Kind::integer}};
constexpr AttributeSchema kTranspose[] = {{"permutation", Kind::integers}};
constexpr AttributeSchema kMean[] = {{"axes", Kind::integers}, {"keep_dims", Kind::integer}};
constexpr AttributeSchema kArgExtreme[] = {
    {"axis", Kind::integer}, {"keep_dims", Kind::integer}, {"select_last", Kind::integer}};
constexpr AttributeSchema kTopK[] = {
    {"k", Kind::integer}, {"axis", Kind::integer}, {"largest", Kind::integer}, {"sorted", Kind::integer}};
constexpr AttributeSchema kCumsum[] = {
    {"axis", Kind::integer}, {"exclusive", Kind::integer}, {"reverse", Kind::integer}};
constexpr AttributeSchema kGatherNd[] = {{"batch_dims", Kind::integer}};
constexpr AttributeSchema kScatterElements[] = {{"axis", Kind::integer}, {"reduction", Kind::text}};
constexpr AttributeSchema kScatterNd[] = {{"reduction", Kind::text}};
constexpr AttributeSchema kTile[] = {{"repeats", Kind::integers}};
constexpr AttributeSchema kPad[] = {{"pads", Kind::integers}, {"mode", Kind::text}, {"value", Kind::real}};
constexpr AttributeSchema kBlock[] = {{"block", Kind::integer}, {"mode", Kind::text}};
constexpr AttributeSchema kResize[] = {{"mode", Kind::text},
                                       {"coordinates", Kind::text},
                                       {"nearest", Kind::text},
                                       {"scales", Kind::reals},
                                       {"sizes", Kind::integers},
                                       {"cubic_coefficient", Kind::real},
                                       {"exclude_outside", Kind::integer},
                                       {"antialias", Kind::integer}};
constexpr AttributeSchema kTrilu[] = {{"upper", Kind::integer}, {"diagonal", Kind::integer}};
constexpr AttributeSchema kOneHot[] = {{"depth", Kind::integer}, {"axis", Kind::integer}};
constexpr AttributeSchema kQuantize[] = {{"dtype", Kind::text}, {"scale", Kind::real}, {"zero_point", Kind::integer}};
constexpr AttributeSchema kTarget[] = {{"dtype", Kind::text}};

constexpr int kMostConcatInputs = 1 << 16;

constexpr OpSchema kSchemas[] = {
    {OpKind::conv2d, "conv2d", 2, 4, kConv2d, infer_conv2d, conv2d_multiply_adds},
    {OpKind::linear, "linear", 2, 4, kLinear, infer_linear, linear_multiply_adds},
    {OpKind::matmul, "matmul", 2, 2, {}, infer_matmul, matmul_multiply_adds},
    {OpKind::batch_norm, "batch_norm", 5, 5, kBatchNorm, infer_batch_norm, one_per_element},
    {OpKind::layer_norm, "layer_norm", 1, 3, kLayerNorm, infer_layer_norm, one_per_element},
    {OpKind::group_norm, "group_norm", 1, 3, kGroupNorm, infer_group_norm, one_per_element},
    {OpKind::rms_norm, "rms_norm", 1, 2, kLayerNorm, infer_rms_norm, one_per_element},
    {OpKind::local_response_norm, "local_response_norm", 1, 1, kLocalResponseNorm, infer_local_response_norm,
     one_per_element},
    {OpKind::lp_normalize, "lp_normalize", 1, 1, kLpNormalize, infer_lp_normalize, one_per_element},
    {OpKind::conv_transpose2d, "conv_transpose2d", 2, 3, kConvTranspose2d, infer_conv_transpose2d,
     conv_transpose2d_multiply_adds},
    {OpKind::lstm, "lstm", 3, 8, kLstm, infer_lstm, recurrent_multiply_adds},
    {OpKind::gru, "gru", 3, 6, kGru, infer_gru, recurrent_multiply_adds},
    {OpKind::rnn, "rnn", 3, 6, kRnn, infer_rnn, recurrent_multiply_adds},
    {OpKind::attention, "attention", 3, 4, kAttention, infer_attention, attention_multiply_adds},
    {OpKind::relu, "relu", 1, 1, {}, infer_range_activation, no_multiply_adds},
    {OpKind::relu6, "relu6", 1, 1, {}, infer_range_activation, no_multiply_adds},
    {OpKind::hardswish, "hardswish", 1, 1, {}, infer_float_activation, no_multiply_adds},
    {OpKind::hardsigmoid, "hardsigmoid", 1, 1, kHardsigmoid, infer_float_activation, no_multiply_adds},
    {OpKind::silu, "silu", 1, 1, {}, infer_float_activation, no_multiply_adds},
    {OpKind::gelu, "gelu", 1, 1, kGelu, infer_gelu, no_multiply_adds},
    {OpKind::sigmoid, "sigmoid", 1, 1, {}, infer_float_activation, no_multiply_adds},
    {OpKind::tanh, "tanh", 1, 1, {}, infer_float_activation, no_multiply_adds},
    {OpKind::clamp, "clamp", 1, 1, kClamp, infer_clamp, no_multiply_adds},
    {OpKind::add, "add", 2, 2, {}, infer_arithmetic, one_per_element},
    {OpKind::sub, "sub", 2, 2, {}, infer_arithmetic, one_per_element},
    {OpKind::mul, "mul", 2, 2, {}, infer_arithmetic, one_per_element},
    {OpKind::div, "div", 2, 2, {}, infer_arithmetic, one_per_element},
    {OpKind::leaky_relu, "leaky_relu", 1, 1, kAlpha, infer_float_activation, no_multiply_adds},
    {OpKind::elu, "elu", 1, 1, kAlpha, infer_float_activation, no_multiply_adds},
    {OpKind::celu, "celu", 1, 1, kAlpha, infer_celu, no_multiply_adds},
    {OpKind::selu, "selu", 1, 1, kSelu, infer_float_activation, no_multiply_adds},
    {OpKind::thresholded_relu, "thresholded_relu", 1, 1, kAlpha, infer_float_activation, no_multiply_adds},
    {OpKind::softplus, "softplus", 1, 1, {}, infer_float_activation, no_multiply_adds},
    {OpKind::softsign, "softsign", 1, 1, {}, infer_float_activation, no_multiply_adds},
    {OpKind::mish, "mish", 1, 1, {}, infer_float_activation, no_multiply_adds},
    {OpKind::neg, "neg", 1, 1, {}, infer_signed_unary, no_multiply_adds},
    {OpKind::abs, "abs", 1, 1, {}, infer_signed_unary, no_multiply_adds},
    {OpKind::sign, "sign", 1, 1, {}, infer_signed_unary, no_multiply_adds},
    {OpKind::exp, "exp", 1, 1, {}, infer_float_activation, no_multiply_adds},
    {OpKind::log, "log", 1, 1, {}, infer_float_activation, no_multiply_adds},
    {OpKind::sqrt, "sqrt", 1, 1, {}, infer_float_activation, no_multiply_adds},
    {OpKind::reciprocal, "reciprocal", 1, 1, {}, infer_float_activation, no_multiply_adds},
    {OpKind::erf, "erf", 1, 1, {}, infer_float_activation, no_multiply_adds},
    {OpKind::floor, "floor", 1, 1, {}, infer_float_activation, no_multiply_adds},
    {OpKind::ceil, "ceil", 1, 1, {}, infer_float_activation, no_multiply_adds},
    {OpKind::round, "round", 1, 1, {}, infer_float_activation, no_multiply_adds},
    {OpKind::sin, "sin", 1, 1, {}, infer_float_activation, no_multiply_adds},
    {OpKind::cos, "cos", 1, 1, {}, infer_float_activation, no_multiply_adds},
    {OpKind::tan, "tan", 1, 1, {}, infer_float_activation, no_multiply_adds},
    {OpKind::asin, "asin", 1, 1, {}, infer_float_activation, no_multiply_adds},
    {OpKind::acos, "acos", 1, 1, {}, infer_float_activation, no_multiply_adds},
    {OpKind::atan, "atan", 1, 1, {}, infer_float_activation, no_multiply_adds},
    {OpKind::sinh, "sinh", 1, 1, {}, infer_float_activation, no_multiply_adds},
    {OpKind::cosh, "cosh", 1, 1, {}, infer_float_activation, no_multiply_adds},
    {OpKind::asinh, "asinh", 1, 1, {}, infer_float_activation, no_multiply_adds},
    {OpKind::acosh, "acosh", 1, 1, {}, infer_float_activation, no_multiply_adds},
    {OpKind::atanh, "atanh", 1, 1, {}, infer_float_activation, no_multiply_adds},
    {OpKind::is_nan, "is_nan", 1, 1, {}, infer_classify, no_multiply_adds},
    {OpKind::is_inf, "is_inf", 1, 1, kIsInf, infer_classify, no_multiply_adds},
    {OpKind::logical_not, "logical_not", 1, 1, {}, infer_logical_not, no_multiply_adds},
    {OpKind::min, "min", 2, 2, {}, infer_arithmetic, no_multiply_adds},
    {OpKind::max, "max", 2, 2, {}, infer_arithmetic, no_multiply_adds},
    {OpKind::mod, "mod", 2, 2, kMod, infer_arithmetic, one_per_element},
    {OpKind::pow, "pow", 2, 2, {}, infer_pow, one_per_element},
    {OpKind::prelu, "prelu", 2, 2, {}, infer_prelu, one_per_element},
    {OpKind::equal, "equal", 2, 2, {}, infer_equal, no_multiply_adds},
    {OpKind::greater, "greater", 2, 2, {}, infer_order, no_multiply_adds},
    {OpKind::greater_equal, "greater_equal", 2, 2, {}, infer_order, no_multiply_adds},
    {OpKind::less, "less", 2, 2, {}, infer_order, no_multiply_adds},
    {OpKind::less_equal, "less_equal", 2, 2, {}, infer_order, no_multiply_adds},
    {OpKind::logical_and, "logical_and", 2, 2, {}, infer_logical, no_multiply_adds},
    {OpKind::logical_or, "logical_or", 2, 2, {}, infer_logical, no_multiply_adds},
    {OpKind::logical_xor, "logical_xor", 2, 2, {}, infer_logical, no_multiply_adds},
    {OpKind::where, "where", 3, 3, {}, infer_where, no_multiply_adds},
    {OpKind::max_pool2d, "max_pool2d", 1, 1, kMaxPool2d, infer_max_pool2d, no_multiply_adds},
    {OpKind::avg_pool2d, "avg_pool2d", 1, 1, kAvgPool2d, infer_avg_pool2d, no_multiply_adds},
    {OpKind::global_avg_pool, "global_avg_pool", 1, 1, kGlobalAvgPool, infer_global_avg_pool, no_multiply_adds},
    {OpKind::adaptive_avg_pool2d, "adaptive_avg_pool2d", 1, 1, kAdaptiveAvgPool2d, infer_adaptive_avg_pool2d,
     no_multiply_adds},
    {OpKind::softmax, "softmax", 1, 1, kAxis, infer_softmax, no_multiply_adds},
    {OpKind::log_softmax, "log_softmax", 1, 1, kAxis, infer_softmax, no_multiply_adds},
    {OpKind::concat, "concat", 1, kMostConcatInputs, kAxis, infer_concat, no_multiply_adds},
    {OpKind::slice, "slice", 1, 1, kSlice, infer_slice, no_multiply_adds},
    {OpKind::reshape, "reshape", 1, 1, kReshape, infer_reshape, no_multiply_adds},
    {OpKind::flatten, "flatten", 1, 1, kFlatten, infer_flatten, no_multiply_adds},
    {OpKind::transpose, "transpose", 1, 1, kTranspose, infer_transpose, no_multiply_adds},
    {OpKind::mean, "mean", 1, 1, kMean, infer_mean, no_multiply_adds},
    {OpKind::reduce_sum, "reduce_sum", 1, 1, kMean, infer_reduce, no_multiply_adds},
    {OpKind::reduce_max, "reduce_max", 1, 1, kMean, infer_reduce, no_multiply_adds},
    {OpKind::reduce_min, "reduce_min", 1, 1, kMean, infer_reduce, no_multiply_adds},
    {OpKind::reduce_prod, "reduce_prod", 1, 1, kMean, infer_reduce, no_multiply_adds},
    {OpKind::reduce_l1, "reduce_l1", 1, 1, kMean, infer_float_reduce, no_multiply_adds},
    {OpKind::reduce_l2, "reduce_l2", 1, 1, kMean, infer_float_reduce, no_multiply_adds},
    {OpKind::reduce_sum_square, "reduce_sum_square", 1, 1, kMean, infer_float_reduce, no_multiply_adds},
    {OpKind::reduce_log_sum, "reduce_log_sum", 1, 1, kMean, infer_float_reduce, no_multiply_adds},
    {OpKind::reduce_log_sum_exp, "reduce_log_sum_exp", 1, 1, kMean, infer_float_reduce, no_multiply_adds},
    {OpKind::argmax, "argmax", 1, 1, kArgExtreme, infer_arg_extreme, no_multiply_adds},
    {OpKind::argmin, "argmin", 1, 1, kArgExtreme, infer_arg_extreme, no_multiply_adds},
    {OpKind::top_k, "top_k", 1, 1, kTopK, infer_top_k, no_multiply_adds},
    {OpKind::cumsum, "cumsum", 1, 1, kCumsum, infer_cumsum, no_multiply_adds},
    {OpKind::gather, "gather", 2, 2, kAxis, infer_gather, no_multiply_adds},
    {OpKind::gather_elements, "gather_elements", 2, 2, kAxis, infer_gather_elements, no_multiply_adds},
    {OpKind::gather_nd, "gather_nd", 2, 2, kGatherNd, infer_gather_nd, no_multiply_adds},
    {OpKind::scatter_elements, "scatter_elements", 3, 3, kScatterElements, infer_scatter_elements, no_multiply_adds},
    {OpKind::scatter_nd, "scatter_nd", 3, 3, kScatterNd, infer_scatter_nd, no_multiply_adds},
    {OpKind::expand, "expand", 1, 1, kReshape, infer_expand, no_multiply_adds},
    {OpKind::tile, "tile", 1, 1, kTile, infer_tile, no_multiply_adds},
    {OpKind::pad, "pad", 1, 1, kPad, infer_pad, no_multiply_adds},
    {OpKind::depth_to_space, "depth_to_space", 1, 1, kBlock, infer_depth_to_space, no_multiply_adds},
    {OpKind::space_to_depth, "space_to_depth", 1, 1, kBlock, infer_space_to_depth, no_multiply_adds},
    {OpKind::resize, "resize", 1, 1, kResize, infer_resize, no_multiply_adds},
    {OpKind::trilu, "trilu", 1, 1, kTrilu, infer_trilu, no_multiply_adds},
    {OpKind::one_hot, "one_hot", 2, 2, kOneHot, infer_one_hot, no_multiply_adds},
    {OpKind::quantize, "quantize", 1, 1, kQuantize, infer_quantize, no_multiply_adds},
    {OpKind::dequantize, "dequantize", 1, 1, kTarget, infer_dequantize, no_multiply_adds},
    {OpKind::cast, "cast", 1, 1, kTarget, infer_cast, no_multiply_adds},
    {OpKind::reorder, "reorder", 1, 1, {}, infer_reorder, no_multiply_adds},
};

// schema_of indexes the list with the kind, so the order must be that of OpKind.
constexpr bool is_in_order() {
  for (std::size_t i = 0; i < std::size(kSchemas); ++i) {
    if (static_cast<std::size_t>(kSchemas[i].kind) != i) return false;
  }
  return std::size(kSchemas) == static_cast<std::size_t>(OpKind::reorder) + 1;
}
static_assert(is_in_order());

}  // namespace

std::span<const OpSchema> op_schemas() { return kSchemas; }

const OpSchema& schema_of(OpKind kind) { return kSchemas[static_cast<std::size_t>(kind)]; }

std::string_view name_of(OpKind kind) { return schema_of(kind).name; }

Result<OpKind> op_from_name(std::string_view name) {
  const auto found =
      std::find_if(std::begin(kSchemas), std::end(kSchemas), [name](const OpSchema& s) { return s.name == name; });
  if (found != std::end(kSchemas)) return found->kind;
  return Status(StatusCode::unsupported, fmt::format("There is no op named \"{}\".", name));
}

}  // namespace rheo

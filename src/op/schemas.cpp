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
    {"strides", Kind::integers}, {"pads", Kind::integers},   {"dilations", Kind::integers},
    {"groups", Kind::integer},   {"activation", Kind::text}, {"alpha", Kind::real},
    {"beta", Kind::real},        {"out_dtype", Kind::text},  {"out_scale", Kind::real}};
constexpr AttributeSchema kLinear[] = {{"activation", Kind::text},
                                       {"alpha", Kind::real},
                                       {"beta", Kind::real},
                                       {"out_dtype", Kind::text},
                                       {"out_scale", Kind::real}};
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
constexpr AttributeSchema kAttention[] = {{"scale", Kind::real}, {"causal", Kind::integer}};
constexpr AttributeSchema kClamp[] = {{"min", Kind::real}, {"max", Kind::real}};
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
constexpr AttributeSchema kQuantize[] = {{"dtype", Kind::text}, {"scale", Kind::real}};
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
    {OpKind::hardsigmoid, "hardsigmoid", 1, 1, {}, infer_float_activation, no_multiply_adds},
    {OpKind::silu, "silu", 1, 1, {}, infer_float_activation, no_multiply_adds},
    {OpKind::gelu, "gelu", 1, 1, {}, infer_float_activation, no_multiply_adds},
    {OpKind::sigmoid, "sigmoid", 1, 1, {}, infer_float_activation, no_multiply_adds},
    {OpKind::tanh, "tanh", 1, 1, {}, infer_float_activation, no_multiply_adds},
    {OpKind::clamp, "clamp", 1, 1, kClamp, infer_clamp, no_multiply_adds},
    {OpKind::add, "add", 2, 2, {}, infer_arithmetic, one_per_element},
    {OpKind::sub, "sub", 2, 2, {}, infer_arithmetic, one_per_element},
    {OpKind::mul, "mul", 2, 2, {}, infer_arithmetic, one_per_element},
    {OpKind::div, "div", 2, 2, {}, infer_arithmetic, one_per_element},
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

// SPDX-License-Identifier: Apache-2.0
// The operators of PyTorch that Rheo knows, and the functions that say them in ops of Rheo. To add one: its function in
// the file of its family, and a row in lowerings.cpp. One function may stand for several operators: the row then says
// which, with `of`.
//
// Semantics are those of pytorch.org/docs and of the schemas in aten/src/ATen/native/native_functions.yaml.
#pragma once

#include <span>
#include <string_view>

#include "load/aten/call.h"

namespace rheo::aten {

struct Lowering {
  std::string_view target;     // "aten.add.Tensor"
  std::string_view signature;  // its arguments and their defaults (signature.h)
  Status (*lower)(Call& call);
};

// Null: Rheo lacks the operator.
const Lowering* find_lowering(std::string_view target);
std::span<const Lowering> lowerings();

// A row's function out of one that takes more than the call: of<lower_binary, OpKind::mul>.
template <auto lower, auto which>
Status of(Call& call) {
  return lower(call, which);
}

// lower_convolution.cpp
Status lower_conv(Call& call);
Status lower_conv_transpose(Call& call);
Status lower_convolution(Call& call);

// lower_linear.cpp
Status lower_linear(Call& call);
Status lower_addmm(Call& call);
Status lower_matmul(Call& call);
Status lower_einsum(Call& call);
Status lower_attention(Call& call);

// lower_elementwise.cpp
Status lower_real_unary(Call& call, OpKind kind);
Status lower_any_unary(Call& call, OpKind kind);
Status lower_rounding(Call& call, OpKind kind);
Status lower_trunc(Call& call);
Status lower_logical_not(Call& call);
Status lower_clamp(Call& call);
Status lower_clamp_tensor(Call& call);
Status lower_gelu(Call& call);
Status lower_leaky_relu(Call& call);
Status lower_elu(Call& call);
Status lower_prelu(Call& call);
Status lower_softplus(Call& call);
Status lower_log_sigmoid(Call& call);
Status lower_glu(Call& call);
Status lower_threshold(Call& call);
Status lower_shrink(Call& call);
Status lower_exponential(Call& call);
Status lower_rsqrt(Call& call);
Status lower_square(Call& call);
Status lower_erfc(Call& call);
// `x` without its fraction.
Result<ImportValue> toward_zero(Call& call, ImportValue& x);

// lower_arithmetic.cpp
Status lower_add(Call& call);
Status lower_binary(Call& call, OpKind kind);
Status lower_div(Call& call);
Status lower_floor_divide(Call& call);
Status lower_remainder(Call& call);
Status lower_pow(Call& call);
Status lower_not_equal(Call& call);
Status lower_logical(Call& call, OpKind kind);
Status lower_addcmul(Call& call);
Status lower_lerp(Call& call);
Status lower_where(Call& call);
Status lower_masked_fill(Call& call);
Status lower_isfinite(Call& call);
Status lower_size_arithmetic(Call& call, OpKind kind);

// lower_pooling.cpp
Status lower_max_pool(Call& call);
Status lower_avg_pool(Call& call);
Status lower_adaptive_pool(Call& call);

// lower_normalisation.cpp
Status lower_batch_norm(Call& call);
Status lower_layer_norm(Call& call);
Status lower_rms_norm(Call& call);
Status lower_group_norm(Call& call);
Status lower_instance_norm(Call& call);
Status lower_softmax(Call& call, OpKind kind);

// lower_shape.cpp
Status lower_reshape(Call& call);
Status lower_reshape_as(Call& call);
Status lower_flatten(Call& call);
Status lower_unflatten(Call& call);
Status lower_squeeze(Call& call);
Status lower_unsqueeze(Call& call);
Status lower_transpose(Call& call);
Status lower_reverse_axes(Call& call);
Status lower_permute(Call& call);
Status lower_movedim(Call& call);
Status lower_expand(Call& call);
Status lower_expand_as(Call& call);
Status lower_size(Call& call);
Status lower_numel(Call& call);
// `x` with a dimension of 1 at the place that argument `name` says.
Result<ImportValue> with_dimension(Call& call, ImportValue& x, std::string_view name);

// lower_parts.cpp
Status lower_cat(Call& call);
Status lower_stack(Call& call);
Status lower_slice(Call& call);
Status lower_select(Call& call);
Status lower_narrow(Call& call);
Status lower_split(Call& call);
Status lower_chunk(Call& call);
Status lower_unbind(Call& call);
Status lower_roll(Call& call);
Status lower_flip(Call& call);
Status lower_repeat(Call& call);
Status lower_repeat_interleave(Call& call);
Status lower_pad(Call& call);
Status lower_pixel_shuffle(Call& call);
Status lower_pixel_unshuffle(Call& call);
Status lower_channel_shuffle(Call& call);

// lower_resize.cpp
Status lower_upsample(Call& call);

// lower_reduction.cpp
Status lower_sum(Call& call, OpKind kind);
Status lower_mean(Call& call, OpKind kind);
Status lower_extreme(Call& call, OpKind kind);
Status lower_extreme_with_place(Call& call, OpKind kind);
Status lower_truths(Call& call, OpKind kind);
Status lower_variance(Call& call);
Status lower_norm(Call& call);
Status lower_arg(Call& call, OpKind kind);
Status lower_top_k(Call& call);
Status lower_sort(Call& call);
Status lower_cumsum(Call& call);

// lower_indexing.cpp
Status lower_embedding(Call& call);
Status lower_index_select(Call& call);
Status lower_gather(Call& call);
Status lower_index(Call& call);
Status lower_scatter(Call& call);
Status lower_triangle(Call& call, bool is_upper);
Status lower_one_hot(Call& call);

// lower_constant.cpp
Status lower_arange(Call& call);
Status lower_filled(Call& call);
Status lower_scalar_tensor(Call& call);
Status lower_identity(Call& call);
Status lower_dropout(Call& call);
Status lower_cast(Call& call);
Status lower_copy(Call& call);
Status lower_nothing(Call& call);

// lower_recurrent.cpp
Status lower_recurrent(Call& call);

}  // namespace rheo::aten

// SPDX-License-Identifier: Apache-2.0
// Tested by tests/agree/kernels_dnnl_test.cpp.
#include "kernels/cpu/dnnl/product.h"

#include "base/try.h"
#include "kernels/cpu/channel_scales.h"
#include "kernels/cpu/refusal.h"

namespace rheo::onednn {
namespace {

bool adds_to_output(const Conv2dRequest& read) {
  return read.has_residual && size_bytes(read.residual) == size_bytes(read.output);
}

// What one step of a value is worth at each point of the way to the result.
struct Units {
  float sum = 1;         // of scale * sum + bias, and of the residual once it is added
  float activation = 1;  // of what the activation takes and gives
  float output = 1;
};

Units units_of(const Conv2dRequest& read) {
  using Kind = Activation::Kind;
  const Kind kind = read.activation.kind;
  const bool takes_any_unit =
      kind == Kind::none || kind == Kind::relu || kind == Kind::leaky_relu || kind == Kind::clamp;
  Units units;
  units.output = is_8bit(read.output) ? read.output_scale : 1.0F;
  // A residual that is read where it lies is added as it is stored.
  const bool is_read = read.has_residual && !adds_to_output(read);
  units.sum = is_read ? read.residual_scale : (takes_any_unit ? units.output : 1.0F);
  units.activation = takes_any_unit ? units.sum : 1.0F;
  return units;
}

void append_change(dnnl::post_ops& post_ops, float from, float to) {
  if (from != to) append_factor(post_ops, from / to);
}

// Zero points of x and of the result as part of the bias; that of the residual is there already.
void add_zero_points(const Conv2dRequest& read, ChannelScales& channel) {
  const auto channels = static_cast<std::size_t>(read.shape.out_channels);
  for (std::size_t c = 0; c < channels && read.output_zero_point != 0; ++c) {
    channel.bias[c] += static_cast<float>(read.output_zero_point) * read.output_scale;
  }
  if (read.x_zero_point == 0) return;
  const std::span<const std::int8_t> weights = read.weights_tensor->as<std::int8_t>();
  const std::size_t depth = weights.size() / channels;
  for (std::size_t c = 0; c < channels; ++c) {
    std::int64_t sum = 0;
    for (const std::int8_t weight : weights.subspan(c * depth, depth)) sum += weight;
    channel.bias[c] -= static_cast<float>(read.x_zero_point * sum) * channel.scale[c];
  }
}

std::vector<float> part_of(const std::vector<float>& numbers, const ProductSlice& slice, float factor) {
  const auto first = numbers.begin() + slice.first_channel;
  std::vector<float> part(first, first + slice.channels);
  for (float& number : part) number *= factor;
  return part;
}

}  // namespace

Result<ProductFinish> finish_product(const Conv2dRequest& read, const ProductSlice& slice) {
  const Units units = units_of(read);
  ProductFinish finish;
  finish.attributes = with_own_scratch();
  const std::size_t offset = static_cast<std::size_t>(slice.first_element);
  finish.arguments.push_back(Argument::output(DNNL_ARG_DST, slice.y, offset * size_bytes(read.output)));
  dnnl::post_ops post_ops;
  if (adds_to_output(read)) {
    append_sum(post_ops, read.residual_scale / units.sum, read.residual, read.output);
  } else if (read.has_residual) {
    const dnnl::memory::desc residual = describe(slice.y_shape, read.residual, slice.y_layout);
    post_ops.append_binary(dnnl::algorithm::binary_add, residual);
    finish.arguments.push_back(Argument::input(DNNL_ARG_ATTR_MULTIPLE_POST_OP(0) | DNNL_ARG_SRC_1, residual, 3,
                                               offset * size_bytes(read.residual)));
  }
  // oneDNN 2.6 takes the numbers of a second linear function for those of the first, and hardsigmoid is one there.
  const bool changes = units.sum != units.activation || units.activation != units.output;
  if (changes && read.activation.kind == Activation::Kind::hardsigmoid) {
    return refuse("oneDNN cannot change the scale around a hardsigmoid.");
  }
  append_change(post_ops, units.sum, units.activation);
  RHEO_RETURN_IF_ERROR(append_activation(post_ops, read.activation, units.activation, !is_8bit(read.output)));
  append_change(post_ops, units.activation, units.output);
  finish.attributes.set_post_ops(post_ops);
  ChannelScales channel = channel_scales(read);
  add_zero_points(read, channel);
  const std::vector<float> scales = part_of(channel.scale, slice, 1 / units.sum);
  const std::vector<float> offsets = part_of(channel.bias, slice, 1 / units.sum);
  if (read.has_offsets()) {
    Argument bias = constant_of(DNNL_ARG_BIAS, is_8bit(read.x) ? bias_argument(scales, offsets) : offsets);
    bias.description = slice.bias;
    finish.arguments.push_back(std::move(bias));
  }
  if (!is_8bit(read.x)) return finish;
  set_channel_scales(finish.attributes, scales, slice.masks);
  if (kScalesArgument != 0) finish.arguments.push_back(constant_of(kScalesArgument, scales));
  return finish;
}

PartsSettings product_settings(const Conv2dRequest& read, std::size_t output_bytes) {
  if (!adds_to_output(read)) return {};
  return {.in_place_input = 3, .added_input = 3, .added_bytes = output_bytes};
}

Status check_product(const Conv2dRequest& read, Isa allowed) {
  RHEO_RETURN_IF_ERROR(check_isa(allowed));
  if (read.x_zero_point != 0 && read.shape.has_padding()) return refuse("oneDNN pads with 0, whatever stands for 0.");
  if (read.output_zero_point != 0 && read.activation.kind != Activation::Kind::none) {
    return refuse("oneDNN's activations know no zero point of the result.");
  }
  if (is_8bit(read.x)) {
    if (read.output == DType::bf16 || (read.has_residual && read.residual == DType::bf16)) {
      return refuse("oneDNN is given no bf16 beside 8-bit values.");
    }
    if (!sums_fit_32_bits(read)) return refuse("The 8-bit sums of this layer could leave 32 bits.");
    return check_exact_bytes();
  }
  if (is_8bit(read.output)) return refuse("Only 8-bit values give an 8-bit result.");
  return {};
}

}  // namespace rheo::onednn

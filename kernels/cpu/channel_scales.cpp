// SPDX-License-Identifier: Apache-2.0
// Tested by tests/agree/kernels_conv2d_test.cpp.
#include "kernels/cpu/channel_scales.h"

#include <algorithm>
#include <cmath>

#include "kernels/cpu/refusal.h"

namespace rheo {

namespace {

bool is_bounds(const Activation& activation) { return activation.kind <= Activation::Kind::clamp; }

// The quick gelu is off by 2e-4 at most up to 12, which a step as large as this hides.
bool is_byte_gelu(const Conv2dRequest& read) {
  constexpr float kSmallestStep = 2e-3F;
  return read.activation.kind == Activation::Kind::gelu && !read.has_residual && read.output_scale >= kSmallestStep;
}

// Bounds of activation and type, in steps of the result.
void set_byte_bounds(const Conv2dRequest& read, const ChannelScales& channel, Finish& finish) {
  const float inverse = finish.inverse_output_scale;
  const auto zero_point = static_cast<float>(read.output_zero_point);
  const float lowest = read.output == DType::u8 ? 0.0F : -128.0F;
  const float highest = read.output == DType::u8 ? 255.0F : 127.0F;
  finish.byte_low = lowest;
  finish.byte_high = highest;
  if (read.activation.kind == Activation::Kind::relu) finish.byte_low = std::max(finish.byte_low, zero_point);
  if (read.activation.kind == Activation::Kind::clamp) {
    // A clamp may lie beyond the range of the type altogether.
    const auto step = [&](float bound) {
      return std::clamp(bound * inverse + zero_point, finish.byte_low, finish.byte_high);
    };
    const float low = step(read.activation.alpha);
    finish.byte_high = step(read.activation.beta);
    finish.byte_low = low;
  }
  finish.is_bounded_by_type = channel.steps_fit_32_bits && finish.byte_low == lowest && finish.byte_high == highest;
}

// A sum is below 2^31; half of what 32 bits hold is left to the bias, and a quarter to the residual.
bool steps_fit_32_bits(const Conv2dRequest& read, const ChannelScales& channel) {
  constexpr float kMostScale = 0.125F;
  constexpr float kMostBias = 1U << 28;
  constexpr float kMostResidualScale = 1U << 20;
  const auto within = [](float most) { return [most](float number) { return std::abs(number) <= most; }; };
  return std::ranges::all_of(channel.byte_scale, within(kMostScale)) &&
         std::ranges::all_of(channel.byte_bias, within(kMostBias)) &&
         (!read.has_residual || read.residual_scale / read.output_scale <= kMostResidualScale);
}

}  // namespace

ChannelScales channel_scales(const Conv2dRequest& read) {
  const std::size_t channels = static_cast<std::size_t>(read.shape.out_channels);
  ChannelScales channel;
  channel.scale.assign(channels + 16, 0.0F);
  channel.bias.assign(channels + 16, 0.0F);
  for (std::size_t c = 0; c < channels; ++c) {
    float weight_scale = 1;
    if (read.weights == DType::i8) {
      const std::vector<float>& scales = read.weights_scales->scales;
      weight_scale = scales.size() == 1 ? scales[0] : scales[c];
    }
    channel.scale[c] = read.x_scale * weight_scale;
    if (read.bias_tensor != nullptr) channel.bias[c] = read.bias_tensor->as<float>()[c];
    channel.bias[c] -= static_cast<float>(read.residual_zero_point) * read.residual_scale;
  }
  if (!is_8bit(read.x) || !is_8bit(read.output)) return channel;
  if (is_byte_gelu(read)) {
    channel.byte_scale = channel.scale;
    channel.byte_bias = channel.bias;
  } else if (is_bounds(read.activation)) {
    const float inverse = 1.0F / read.output_scale;
    for (const float scale : channel.scale) channel.byte_scale.push_back(scale * inverse);
    for (const float bias : channel.bias) {
      channel.byte_bias.push_back(bias * inverse + static_cast<float>(read.output_zero_point));
    }
  }
  // What is not finite takes the way that says what becomes of it.
  const auto is_finite = [](float number) { return std::isfinite(number); };
  if (!std::ranges::all_of(channel.byte_scale, is_finite) || !std::ranges::all_of(channel.byte_bias, is_finite)) {
    channel.byte_scale.clear();
  }
  channel.steps_fit_32_bits = steps_fit_32_bits(read, channel);
  return channel;
}

Finish finish_of(const Conv2dRequest& read, const ChannelScales& channel, const Buffers& buffers) {
  return finish_of(read, channel, read.has_residual ? buffers.inputs[3] : nullptr, buffers.outputs[0]);
}

Finish finish_of(const Conv2dRequest& read, const ChannelScales& channel, const void* residual, void* output) {
  Finish finish;
  finish.scale = channel.scale.data();
  finish.bias = channel.bias.data();
  finish.activation = read.activation;
  finish.residual = residual;
  finish.residual_dtype = read.residual;
  finish.residual_scale = read.residual_scale;
  finish.output = output;
  finish.output_dtype = read.output;
  finish.inverse_output_scale = is_8bit(read.output) ? 1.0F / read.output_scale : 1.0F;
  finish.output_zero_point = read.output_zero_point;
  if (channel.byte_scale.empty()) return finish;
  finish.byte_scale = channel.byte_scale.data();
  finish.byte_bias = channel.byte_bias.data();
  finish.is_byte_gelu = is_byte_gelu(read);
  finish.byte_residual_scale = read.residual_scale * finish.inverse_output_scale;
  set_byte_bounds(read, channel, finish);
  return finish;
}

}  // namespace rheo

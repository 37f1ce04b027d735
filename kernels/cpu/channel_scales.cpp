// SPDX-License-Identifier: Apache-2.0
// Tested by tests/agree/kernels_conv2d_test.cpp.
#include "kernels/cpu/channel_scales.h"

#include "kernels/cpu/refusal.h"

namespace rheo {

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
  }
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
  return finish;
}

}  // namespace rheo

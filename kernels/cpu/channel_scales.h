// SPDX-License-Identifier: Apache-2.0
// The numbers that follow a sum of products, per output channel, and the Finish made of them at bind.
#pragma once

#include <vector>

#include "kernels/cpu/conv2d_shape.h"
#include "kernels/cpu/finish.h"

namespace rheo {

// Padded by 16, as Finish asks.
struct ChannelScales {
  std::vector<float> scale, bias;
  std::vector<float> byte_scale, byte_bias;  // in steps of an 8-bit result; empty where Finish has none
  bool steps_fit_32_bits = false;            // whatever the sum, and the residual
};
ChannelScales channel_scales(const Conv2dRequest& read);

// Refers to `channel`, which must outlive it.
Finish finish_of(const Conv2dRequest& read, const ChannelScales& channel, const Buffers& buffers);
Finish finish_of(const Conv2dRequest& read, const ChannelScales& channel, const void* residual, void* output);

}  // namespace rheo

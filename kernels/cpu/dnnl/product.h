// SPDX-License-Identifier: Apache-2.0
// What conv2d and linear by oneDNN share: weights, bias, residual, activation and the change of type that follow a sum
// of products.
//
// The result is activation(sum * scale[c] + bias[c] + residual) / output_scale. Between these steps oneDNN holds values
// in a unit that is chosen so that few steps remain: none, relu and clamp commute with a factor, so that the output's
// unit is used from the start; other activations need real values and a division after. In a float
// result NaN stays NaN: relu keeps a slope of 1e-30 below 0, and clamp is refused.
#pragma once

#include "kernels/cpu/conv2d_shape.h"
#include "kernels/cpu/dnnl/primitive_kernel.h"

namespace rheo::onednn {

// Which part of the output a primitive computes.
struct ProductSlice {
  std::int64_t first_channel = 0, channels = 0;
  std::int64_t first_element = 0;  // of the output, where the part starts
  Shape y_shape;
  Layout y_layout = Layout::plain;
  dnnl::memory::desc y, bias;  // bias zero: none
  ChannelMasks masks;
};

struct ProductFinish {
  dnnl::primitive_attr attributes;
  std::vector<Argument> arguments;  // the output, the bias, the residual and the scales
};
Result<ProductFinish> finish_product(const Conv2dRequest& read, const ProductSlice& slice);

// For a residual as wide as the output it is added to what lies there; others are read where they lie.
PartsSettings product_settings(const Conv2dRequest& read, std::size_t output_bytes);

// unsupported for 8-bit values where the sums of oneDNN are not exact (this host, this depth), and beyond the cap.
Status check_product(const Conv2dRequest& read, Isa allowed);

}  // namespace rheo::onednn

// SPDX-License-Identifier: Apache-2.0
// A conv2d or linear request read once and checked, for every implementation on this backend.
#pragma once

#include <cstdint>

#include <rheo/status.h>

#include "kernels/cpu/activation.h"
#include "kernels/kernel.h"
#include "op/epilogue.h"

namespace rheo {

// A linear op is a conv2d of 1 x 1 pictures, one per row.
struct Conv2dShape {
  std::int64_t batch = 1, in_channels = 1, in_height = 1, in_width = 1;
  std::int64_t out_channels = 1, out_height = 1, out_width = 1;
  std::int64_t kernel_height = 1, kernel_width = 1;
  std::int64_t stride_height = 1, stride_width = 1;
  std::int64_t pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0;
  std::int64_t dilation_height = 1, dilation_width = 1;
  std::int64_t groups = 1;

  std::int64_t out_pixels() const { return batch * out_height * out_width; }
  bool has_padding() const { return pad_top != 0 || pad_left != 0 || pad_bottom != 0 || pad_right != 0; }
};

// Every channel is a group of its own, with one output.
inline bool is_depthwise(const Conv2dShape& shape) {
  return shape.groups == shape.in_channels && shape.groups == shape.out_channels;
}

// Operands of conv2d(x, w, bias?, residual?) and linear(x, w, bias?, residual?).
struct Conv2dRequest {
  Conv2dShape shape;
  Activation activation;
  DType x = DType::f32, weights = DType::f32, output = DType::f32, residual = DType::f32;
  Layout x_layout = Layout::nhwc, output_layout = Layout::nhwc;
  float x_scale = 1, output_scale = 1, residual_scale = 1;
  int x_zero_point = 0, output_zero_point = 0, residual_zero_point = 0;
  const Tensor* weights_tensor = nullptr;        // constant
  const Quantization* weights_scales = nullptr;  // of 8-bit weights
  const Tensor* bias_tensor = nullptr;           // constant f32, or null
  bool has_residual = false;                     // same shape and layout as the output

  // Something is added per channel: the bias, or what zero points add.
  bool has_offsets() const {
    return bias_tensor != nullptr || x_zero_point != 0 || output_zero_point != 0 || residual_zero_point != 0;
  }
};

// Reads the request of either op. Refuses weights or bias that are not constants, a residual that would broadcast, and
// mixed element types.
Result<Conv2dRequest> read_conv2d(const KernelRequest& request);
Result<Conv2dRequest> read_linear(const KernelRequest& request);

// Of a request with 8-bit values: whether no sum of products can leave 32 bits on the way, whatever the input holds. A
// product is worth at most 255 times its weight; a zero point takes back as many times the weight beside that.
bool sums_fit_32_bits(const Conv2dRequest& read);
// The zero point of x once its i8 have become u8 by adding 128.
inline int unsigned_zero_point(const Conv2dRequest& read) {
  return read.x_zero_point + (read.x == DType::i8 ? 128 : 0);
}

// Rows of the input that `rows` of the result are made of, none of them in the padding.
RowRange rows_read(const Conv2dShape& shape, RowRange rows);

// Layouts whose bytes are the same for this picture: nhwc and plain with one channel or one pixel.
bool same_bytes(const Shape& shape, Layout a, Layout b);

}  // namespace rheo

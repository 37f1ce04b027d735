// SPDX-License-Identifier: Apache-2.0
// Tested by tests/agree/kernels_conv2d_test.cpp.
#include "kernels/cpu/conv2d_shape.h"

#include <algorithm>

#include <cstdlib>
#include <limits>
#include <span>

#include "base/checked.h"
#include "base/try.h"
#include "kernels/cpu/refusal.h"
#include "op/conv2d.h"

namespace rheo {
namespace {

Status read_operands(const KernelRequest& request, Conv2dRequest& read) {
  const Operand* x = operand(request.inputs, 0);
  const Operand* w = operand(request.inputs, 1);
  const Operand* bias = operand(request.inputs, 2);
  const Operand* residual = operand(request.inputs, 3);
  const Operand& y = request.outputs[0];
  if (w->constant == nullptr) return refuse("The weights are not a constant; only constants are packed ahead.");
  if (bias != nullptr && (bias->constant == nullptr || bias->type->dtype != DType::f32)) {
    return refuse("The bias is not a constant of f32.");
  }
  read.x = x->type->dtype;
  read.weights = w->type->dtype;
  read.output = y.type->dtype;
  const bool matches = is_8bit(read.x) ? read.weights == DType::i8 : is_numeric(read.x) && read.weights == read.x;
  if (!matches || !is_numeric(read.output)) {
    return refuse("No kernel multiplies " + std::string(name_of(read.x)) + " by " + std::string(name_of(read.weights)) +
                  " into " + std::string(name_of(read.output)) + ".");
  }
  RHEO_ASSIGN_OR_RETURN(read.activation, fused_activation(*request.attributes));
  read.x_layout = x->layout;
  read.output_layout = y.layout;
  read.x_scale = scale_of(*x->type);
  read.output_scale = scale_of(*y.type);
  read.x_zero_point = zero_point_of(*x->type);
  read.output_zero_point = zero_point_of(*y.type);
  read.weights_tensor = w->constant;
  read.weights_scales = &w->type->quantization;
  read.bias_tensor = bias == nullptr ? nullptr : bias->constant;
  if (residual != nullptr) {
    const bool fits = residual->type->shape == y.type->shape && is_numeric(residual->type->dtype) &&
                      (residual->layout == y.layout || same_bytes(y.type->shape, residual->layout, y.layout));
    if (!fits) return refuse("The residual does not have the shape and layout of the output.");
    read.has_residual = true;
    read.residual = residual->type->dtype;
    read.residual_scale = scale_of(*residual->type);
    read.residual_zero_point = zero_point_of(*residual->type);
  }
  return {};
}

// The input with its padding around it, in the widest type that it is copied to, must fit an address space.
Status check_padded_size(const Conv2dShape& shape) {
  std::size_t bytes = sizeof(float);
  for (const std::int64_t size : {shape.batch, shape.in_channels, shape.pad_top + shape.in_height + shape.pad_bottom,
                                  shape.pad_left + shape.in_width + shape.pad_right}) {
    bytes = saturating_mul(bytes, static_cast<std::size_t>(size));
  }
  if (bytes <= kLargestBytes) return {};
  return refuse("The input with its padding does not fit any memory.");
}

Status check_scales(const Conv2dRequest& read) {
  if (read.weights != DType::i8) return {};
  const std::size_t count = read.weights_scales->scales.size();
  const bool per_channel = count == static_cast<std::size_t>(read.shape.out_channels) && read.weights_scales->axis == 0;
  if (per_channel || count == 1) return {};
  return refuse("The 8-bit weights need one scale, or one per output channel along axis 0.");
}

}  // namespace

RowRange rows_read(const Conv2dShape& shape, RowRange rows) {
  const std::int64_t extent = (shape.kernel_height - 1) * shape.dilation_height + 1;
  const std::int64_t begin = rows.begin * shape.stride_height - shape.pad_top;
  const std::int64_t end = (rows.end - 1) * shape.stride_height - shape.pad_top + extent;
  const std::int64_t first = std::clamp<std::int64_t>(begin, 0, shape.in_height);
  return {first, std::clamp(end, first, shape.in_height)};
}

bool same_bytes(const Shape& shape, Layout a, Layout b) {
  if (a == b) return true;
  if (a == Layout::nchw16c || b == Layout::nchw16c) return false;
  return shape.rank() != 4 || shape[1] == 1 || (shape[2] == 1 && shape[3] == 1);
}

Result<Conv2dRequest> read_conv2d(const KernelRequest& request) {
  Conv2dRequest read;
  RHEO_RETURN_IF_ERROR(check_sizes(request));
  RHEO_RETURN_IF_ERROR(read_operands(request, read));
  const Shape& x = request.inputs[0].type->shape;
  const Shape& w = request.inputs[1].type->shape;
  const Shape& y = request.outputs[0].type->shape;
  if (x.rank() != 4 || w.rank() != 4 || y.rank() != 4) return refuse("conv2d works on pictures of rank 4 only.");
  const Conv2dSettings settings = Conv2dSettings::from(*request.attributes, w);
  const Window2d& window = settings.window;
  read.shape = {.batch = x[0],
                .in_channels = x[1],
                .in_height = x[2],
                .in_width = x[3],
                .out_channels = y[1],
                .out_height = y[2],
                .out_width = y[3],
                .kernel_height = w[2],
                .kernel_width = w[3],
                .stride_height = window.strides[0],
                .stride_width = window.strides[1],
                .pad_top = window.pads_begin[0],
                .pad_left = window.pads_begin[1],
                .pad_bottom = window.pads_end[0],
                .pad_right = window.pads_end[1],
                .dilation_height = window.dilations[0],
                .dilation_width = window.dilations[1],
                .groups = settings.groups};
  if (read.shape.groups < 1 || w[1] * read.shape.groups != x[1] || y[1] % read.shape.groups != 0 || y.elements() == 0 ||
      x.elements() == 0) {
    return refuse("Input " + x.to_string() + ", weights " + w.to_string() + " and " +
                  std::to_string(read.shape.groups) + " groups do not fit together, or hold no elements.");
  }
  RHEO_RETURN_IF_ERROR(check_scales(read));
  RHEO_RETURN_IF_ERROR(check_padded_size(read.shape));
  return read;
}

Result<Conv2dRequest> read_linear(const KernelRequest& request) {
  Conv2dRequest read;
  RHEO_RETURN_IF_ERROR(check_sizes(request));
  RHEO_RETURN_IF_ERROR(read_operands(request, read));
  const Shape& x = request.inputs[0].type->shape;
  const Shape& w = request.inputs[1].type->shape;
  if (read.x_layout != Layout::plain || read.output_layout != Layout::plain) {
    return refuse("linear works on plain rows only.");
  }
  if (x.rank() < 1 || w.rank() != 2 || x.elements() == 0 || x[x.rank() - 1] != w[1]) {
    return refuse("Input " + x.to_string() + " and weights " + w.to_string() +
                  " do not fit together, or hold no elements.");
  }
  read.shape.in_channels = w[1];
  read.shape.out_channels = w[0];
  read.shape.batch = x.elements() / w[1];
  RHEO_RETURN_IF_ERROR(check_scales(read));
  return read;
}

bool sums_fit_32_bits(const Conv2dRequest& read) {
  const std::span<const std::int8_t> weights = read.weights_tensor->as<std::int8_t>();
  const std::size_t depth = weights.size() / static_cast<std::size_t>(read.shape.out_channels);
  const std::int64_t most = std::numeric_limits<std::int32_t>::max() / (255 + unsigned_zero_point(read));
  if (static_cast<std::int64_t>(depth) * 128 <= most) return true;  // nearly always: no need to look at the weights
  for (std::size_t first = 0; first < weights.size(); first += depth) {
    std::int64_t sum = 0;
    for (const std::int8_t weight : weights.subspan(first, depth)) sum += std::abs(int{weight});
    if (sum > most) return false;
  }
  return true;
}

}  // namespace rheo

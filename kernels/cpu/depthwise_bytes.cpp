// SPDX-License-Identifier: Apache-2.0
// conv2d where every channel is a group of its own, on u8 values: y[n, oy, ox, c] = activation(sum over (ky, kx) of
// (x[n, iy, ix, c] - zero point) * w[c, ky, kx] + bias[c]), four taps a step. Layouts: nhwc. Types: u8 x i8 -> u8 or
// i8. Limits: kernels 3 x 3 and 5 x 5, the same stride 1 or 2 both ways, no dilation, no residual, activation none,
// relu or a clamp; VNNI. Tested by tests/agree/kernels_conv2d_test.cpp.
#include <algorithm>
#include <cstring>

#include "base/try.h"
#include "kernels/cpu/channel_scales.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/lanes/depthwise_bytes.h"
#include "kernels/cpu/refusal.h"
#include "kernels/cpu/share.h"

namespace rheo {
namespace {

struct DepthwiseBytesPlan {
  Conv2dRequest read;
  const DepthwisePattern* pattern = nullptr;
  ChannelScales channel;           // natural order; refers to no zero point of x
  std::vector<float> scale, bias;  // [block][lane order]
  std::vector<std::byte> weights;  // [block][row][variant][lane order][4 taps]
  std::vector<std::byte> outside;  // a pixel of zero points, as wide as all channels
  std::int64_t blocks = 0, block_bytes = 0;
  int chunks = 1;
};

void set_channels(DepthwiseBytesPlan& plan) {
  const Conv2dShape& shape = plan.read.shape;
  const DepthwisePattern& pattern = *plan.pattern;
  const std::int64_t taps = shape.kernel_height * shape.kernel_width;
  const std::span<const std::int8_t> from = plan.read.weights_tensor->as<std::int8_t>();
  std::int8_t* to = reinterpret_cast<std::int8_t*>(plan.weights.data());
  for (std::int64_t place = 0; place < plan.blocks * kDepthwiseBlock; ++place) {
    const std::int64_t block = place / kDepthwiseBlock;
    const int index = static_cast<int>(place % kDepthwiseBlock);
    const std::int64_t channel = block * kDepthwiseBlock + lane_channel(index);
    if (channel >= shape.out_channels) continue;
    const std::int8_t* kernel = from.data() + channel * taps;
    int sum = 0;
    for (std::int64_t tap = 0; tap < taps; ++tap) sum += kernel[tap];
    const auto at = static_cast<std::size_t>(channel);
    plan.scale[static_cast<std::size_t>(place)] = plan.channel.byte_scale[at];
    // The zero point stands for 0 beyond the border as well, so that it adds the same to every sum.
    plan.bias[static_cast<std::size_t>(place)] =
        plan.channel.byte_bias[at] - static_cast<float>(plan.read.x_zero_point * sum) * plan.channel.byte_scale[at];
    for (int row = 0; row < pattern.kernel; ++row) {
      for (int variant = 0; variant < pattern.variants; ++variant) {
        for (int i = 0; i < 4; ++i) {
          const int tap = pattern.first_tap[variant] + i;
          if (tap < 0 || tap >= pattern.kernel) continue;
          to[block * plan.block_bytes + ((row * pattern.variants + variant) * kDepthwiseBlock + index) * 4 + i] =
              kernel[row * pattern.kernel + tap];
        }
      }
    }
  }
}

class BoundDepthwiseBytes : public BoundKernel {
 public:
  BoundDepthwiseBytes(std::shared_ptr<const DepthwiseBytesPlan> plan, const Buffers& buffers)
      : plan_(std::move(plan)),
        x_(static_cast<const std::byte*>(buffers.inputs[0])),
        y_(static_cast<std::byte*>(buffers.outputs[0])),
        finish_(finish_of(plan_->read, plan_->channel, buffers)) {}

  Status run(ThreadPool* pool) override {
    share(pool, plan_->chunks, plan_->read.shape.batch * plan_->read.shape.out_height,
          [this](std::int64_t begin, std::int64_t end) {
            for (std::int64_t line = begin; line < end; ++line) compute(line);
          });
    return {};
  }

 private:
  // One row of the output, counted over all images. Blocks of channels come first, so that their weights stay near.
  void compute(std::int64_t line) const {
    const Conv2dShape& shape = plan_->read.shape;
    const DepthwisePattern& pattern = *plan_->pattern;
    const std::int64_t image = line / shape.out_height;
    const std::int64_t top = line % shape.out_height * shape.stride_height - shape.pad_top;
    const std::byte* rows[kMostDepthwiseRows] = {};  // null: outside
    for (int row = 0; row < pattern.kernel; ++row) {
      const std::int64_t y = top + row;
      if (y < 0 || y >= shape.in_height) continue;
      rows[row] = x_ + (image * shape.in_height + y) * shape.in_width * shape.in_channels;
    }
    std::byte* out = y_ + line * shape.out_width * shape.out_channels;
    for (std::int64_t block = 0; block < plan_->blocks; ++block) {
      for (std::int64_t first = 0; first < shape.out_width; first += pattern.outputs) {
        compute_tile(rows, out, block, first);
      }
    }
  }

  void compute_tile(const std::byte* const* rows, std::byte* out, std::int64_t block, std::int64_t first) const {
    const Conv2dShape& shape = plan_->read.shape;
    const DepthwisePattern& pattern = *plan_->pattern;
    const std::int64_t channel = block * kDepthwiseBlock;
    const std::int64_t left = first * shape.stride_width - shape.pad_left;
    DepthwiseBytesCall call;
    for (int column = 0; column < pattern.columns; ++column) {
      const std::int64_t x = left + column;
      const bool is_inside = x >= 0 && x < shape.in_width;
      for (int row = 0; row < pattern.kernel; ++row) {
        const bool reads = is_inside && rows[row] != nullptr;
        call.pixels[row][column] = (reads ? rows[row] + x * shape.in_channels : plan_->outside.data()) + channel;
      }
    }
    call.output_count = static_cast<int>(std::min<std::int64_t>(pattern.outputs, shape.out_width - first));
    for (int p = 0; p < call.output_count; ++p) call.outputs[p] = out + (first + p) * shape.out_channels + channel;
    call.channels = static_cast<int>(std::min<std::int64_t>(kDepthwiseBlock, shape.out_channels - channel));
    call.weights = plan_->weights.data() + block * plan_->block_bytes;
    call.scale = plan_->scale.data() + channel;
    call.bias = plan_->bias.data() + channel;
    depthwise_bytes(pattern, call, finish_);
  }

  std::shared_ptr<const DepthwiseBytesPlan> plan_;
  const std::byte* x_;
  std::byte* y_;
  Finish finish_;
};

class DepthwiseBytesKernel : public Kernel {
 public:
  explicit DepthwiseBytesKernel(std::shared_ptr<const DepthwiseBytesPlan> plan) : plan_(std::move(plan)) {}
  std::string implementation() const override { return "own:avx512_vnni"; }
  Result<std::unique_ptr<BoundKernel>> bind(const Buffers& buffers) const override {
    return std::unique_ptr<BoundKernel>(std::make_unique<BoundDepthwiseBytes>(plan_, buffers));
  }

 private:
  std::shared_ptr<const DepthwiseBytesPlan> plan_;
};

Status check(const KernelRequest& request, const DepthwiseBytesPlan& plan) {
  const Conv2dRequest& read = plan.read;
  if (!is_depthwise(read.shape)) return refuse("This is not a depthwise convolution with one output per channel.");
  if (request.isa < Isa::avx512_vnni) return refuse("The 8-bit depthwise convolution needs VNNI.");
  if (read.x != DType::u8 || !is_8bit(read.output) || read.has_residual) {
    return refuse("The 8-bit depthwise convolution takes u8, answers in 8 bits and adds nothing.");
  }
  if (!same_bytes(request.inputs[0].type->shape, read.x_layout, Layout::nhwc) ||
      !same_bytes(request.outputs[0].type->shape, read.output_layout, Layout::nhwc)) {
    return refuse("The own depthwise convolution works in nhwc only.");
  }
  const bool is_even = read.shape.stride_height == read.shape.stride_width && read.shape.dilation_height == 1 &&
                       read.shape.dilation_width == 1;
  if (!is_even || plan.pattern == nullptr) {
    return refuse("The 8-bit depthwise convolution knows kernels of 3 x 3 and 5 x 5 with strides 1 and 2.");
  }
  if (plan.channel.byte_scale.empty() || read.activation.kind == Activation::Kind::gelu)
    return refuse("The activation is more than two bounds.");
  return {};
}

}  // namespace

Result<std::unique_ptr<Kernel>> make_own_depthwise_bytes(const KernelRequest& request) {
  auto plan = std::make_shared<DepthwiseBytesPlan>();
  RHEO_ASSIGN_OR_RETURN(plan->read, read_conv2d(request));
  const Conv2dShape& shape = plan->read.shape;
  plan->pattern = depthwise_pattern(shape.kernel_height, shape.kernel_width, shape.stride_width);
  plan->channel = channel_scales(plan->read);
  RHEO_RETURN_IF_ERROR(check(request, *plan));
  plan->blocks = (shape.out_channels + kDepthwiseBlock - 1) / kDepthwiseBlock;
  plan->block_bytes = std::int64_t{plan->pattern->kernel} * plan->pattern->variants * kDepthwiseBlock * 4;
  const auto places = static_cast<std::size_t>(plan->blocks * kDepthwiseBlock);
  plan->scale.assign(places, 0.0F);
  plan->bias.assign(places, 0.0F);
  plan->weights.assign(static_cast<std::size_t>(plan->blocks * plan->block_bytes), std::byte{0});
  plan->outside.assign(places, static_cast<std::byte>(plan->read.x_zero_point));
  set_channels(*plan);
  plan->chunks = chunks_for(request.threads);
  return std::unique_ptr<Kernel>(std::make_unique<DepthwiseBytesKernel>(std::move(plan)));
}

}  // namespace rheo

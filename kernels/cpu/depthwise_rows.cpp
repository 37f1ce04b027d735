// SPDX-License-Identifier: Apache-2.0
// conv2d where every channel is a group of its own, on u8 or bf16, several taps a step: y[n, oy, ox, c] =
// activation(sum over (ky, kx) of (x[n, iy, ix, c] - zero point) * w[c, ky, kx] + bias[c]). Layouts: nhwc. Types: u8 x
// i8 -> u8 or i8, bf16 -> bf16. Limits: kernels 3 x 3 and 5 x 5, the same stride 1 or 2 both ways, no dilation, no
// residual, activation none, relu or a clamp; u8 needs VNNI, bf16 AVX512-BF16; a bf16 that is not finite spreads to
// outputs whose windows end beside it. Tested by tests/agree/kernels_conv2d_test.cpp.
#include <algorithm>
#include <cstring>
#include <limits>

#include "base/try.h"
#include "kernels/cpu/channel_scales.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/lanes/depthwise_row.h"
#include "kernels/cpu/refusal.h"
#include "kernels/cpu/share.h"

namespace rheo {
namespace {

struct DepthwiseRowsPlan {
  Conv2dRequest read;
  const DepthwiseRows* rows = nullptr;
  ChannelScales channel;           // natural order; without the zero point of x
  std::vector<float> scale, bias;  // [block][lane order]
  std::vector<std::byte> weights;  // [block][row][variant][lane order][tap]
  std::vector<std::byte> outside;  // a row that stands for zeros
  std::int64_t blocks = 0, block_bytes = 0, element_bytes = 1;
  float low = 0, high = 0;
  bool is_bounded_by_type = false;
  int chunks = 1;
};

bool is_bytes(const Conv2dRequest& read) { return read.x == DType::u8; }

// What follows the sum of one channel.
void set_end(DepthwiseRowsPlan& plan, std::size_t place, std::size_t channel) {
  if (!is_bytes(plan.read)) {
    plan.bias[place] = plan.channel.bias[channel];
    return;
  }
  const std::int64_t taps = plan.read.shape.kernel_height * plan.read.shape.kernel_width;
  const auto kernel = plan.read.weights_tensor->as<std::int8_t>().subspan(channel * static_cast<std::size_t>(taps),
                                                                          static_cast<std::size_t>(taps));
  int sum = 0;
  for (const std::int8_t weight : kernel) sum += weight;
  plan.scale[place] = plan.channel.byte_scale[channel];
  // The zero point stands for 0 beyond the border as well, so that it adds the same to every sum.
  plan.bias[place] = plan.channel.byte_bias[channel] -
                     static_cast<float>(plan.read.x_zero_point * sum) * plan.channel.byte_scale[channel];
}

void pack(DepthwiseRowsPlan& plan) {
  const Conv2dShape& shape = plan.read.shape;
  const DepthwisePattern& pattern = plan.rows->pattern;
  const std::int64_t bytes = plan.element_bytes;
  const auto* from = static_cast<const std::byte*>(plan.read.weights_tensor->data());
  for (std::int64_t place = 0; place < plan.blocks * pattern.block; ++place) {
    const std::int64_t block = place / pattern.block;
    const int index = static_cast<int>(place % pattern.block);
    const std::int64_t channel = block * pattern.block + lane_channel(index, pattern.block);
    if (channel >= shape.out_channels) continue;
    set_end(plan, static_cast<std::size_t>(place), static_cast<std::size_t>(channel));
    for (int row = 0; row < pattern.kernel; ++row) {
      for (int variant = 0; variant < pattern.variants; ++variant) {
        std::byte* to = plan.weights.data() + block * plan.block_bytes +
                        ((row * pattern.variants + variant) * pattern.block + index) * pattern.taps * bytes;
        for (int i = 0; i < pattern.taps; ++i) {
          const int tap = pattern.first_tap[variant] + i;
          if (tap < 0 || tap >= pattern.kernel) continue;
          const std::int64_t at = (channel * pattern.kernel + row) * pattern.kernel + tap;
          std::memcpy(to + i * bytes, from + at * bytes, static_cast<std::size_t>(bytes));
        }
      }
    }
  }
}

// One row of the result. Blocks of channels come first, so that their weights stay near.
void compute_row(const DepthwiseRowsPlan& plan, const RowCall& rows, std::int64_t line) {
  const Conv2dShape& shape = plan.read.shape;
  const DepthwisePattern& pattern = plan.rows->pattern;
  const std::int64_t top = line * shape.stride_height - shape.pad_top;
  DepthwiseRowCall call;
  call.in_pixel_bytes = shape.in_channels * plan.element_bytes;
  call.out_pixel_bytes = shape.out_channels * plan.element_bytes;
  call.in_width = shape.in_width;
  call.pad_left = shape.pad_left;
  call.out_width = shape.out_width;
  call.low = plan.low;
  call.high = plan.high;
  call.is_bounded_by_type = plan.is_bounded_by_type;
  call.output_dtype = plan.read.output;
  call.outside = plan.outside.data();
  const std::byte* window[kMostDepthwiseRows] = {};
  for (int row = 0; row < pattern.kernel; ++row) {
    const std::int64_t y = top + row;
    const bool is_inside = y >= 0 && y < shape.in_height;
    window[row] = is_inside ? rows.input + (y - rows.input_first) * shape.in_width * call.in_pixel_bytes : call.outside;
  }
  std::byte* output = rows.output + (line - rows.output_first) * shape.out_width * call.out_pixel_bytes;
  for (std::int64_t block = 0; block < plan.blocks; ++block) {
    const std::int64_t channel = block * pattern.block;
    for (int row = 0; row < pattern.kernel; ++row) call.rows[row] = window[row] + channel * plan.element_bytes;
    call.output = output + channel * plan.element_bytes;
    call.channels = static_cast<int>(std::min<std::int64_t>(pattern.block, shape.out_channels - channel));
    call.weights = plan.weights.data() + block * plan.block_bytes;
    call.scale = plan.scale.data() + channel;
    call.bias = plan.bias.data() + channel;
    plan.rows->run(call);
  }
}

class BoundDepthwiseRows : public BoundKernel {
 public:
  BoundDepthwiseRows(std::shared_ptr<const DepthwiseRowsPlan> plan, const Buffers& buffers)
      : plan_(std::move(plan)),
        x_(static_cast<const std::byte*>(buffers.inputs[0])),
        y_(static_cast<std::byte*>(buffers.outputs[0])) {}

  Status run(ThreadPool* pool) override {
    const Conv2dShape& shape = plan_->read.shape;
    const std::int64_t in_bytes = shape.in_height * shape.in_width * shape.in_channels * plan_->element_bytes;
    const std::int64_t out_bytes = shape.out_height * shape.out_width * shape.out_channels * plan_->element_bytes;
    share(pool, plan_->chunks, shape.batch * shape.out_height, [&](std::int64_t begin, std::int64_t end) {
      RowCall call;
      for (std::int64_t line = begin; line < end; ++line) {
        const std::int64_t picture = line / shape.out_height;
        call.input = x_ + picture * in_bytes;
        call.output = y_ + picture * out_bytes;
        compute_row(*plan_, call, line % shape.out_height);
      }
    });
    return {};
  }

 private:
  std::shared_ptr<const DepthwiseRowsPlan> plan_;
  const std::byte* x_;
  std::byte* y_;
};

class DepthwiseByRows : public RowKernel {
 public:
  explicit DepthwiseByRows(std::shared_ptr<const DepthwiseRowsPlan> plan) : plan_(std::move(plan)) {}
  RowRange reads(RowRange rows) const override { return rows_read(plan_->read.shape, rows); }
  void compute(const RowCall& call) const override {
    for (std::int64_t line = call.rows.begin; line < call.rows.end; ++line) compute_row(*plan_, call, line);
  }

 private:
  std::shared_ptr<const DepthwiseRowsPlan> plan_;
};

class DepthwiseRowsKernel : public Kernel {
 public:
  explicit DepthwiseRowsKernel(std::shared_ptr<const DepthwiseRowsPlan> plan)
      : plan_(std::move(plan)), by_rows_(plan_) {}
  std::string implementation() const override { return is_bytes(plan_->read) ? "own:avx512_vnni" : "own:avx512_bf16"; }
  const RowKernel* by_rows() const override { return &by_rows_; }
  Result<std::unique_ptr<BoundKernel>> bind(const Buffers& buffers) const override {
    return std::unique_ptr<BoundKernel>(std::make_unique<BoundDepthwiseRows>(plan_, buffers));
  }

 private:
  std::shared_ptr<const DepthwiseRowsPlan> plan_;
  DepthwiseByRows by_rows_;
};

Status check_types(const KernelRequest& request, const Conv2dRequest& read) {
  if (!is_depthwise(read.shape)) return refuse("This is not a depthwise convolution with one output per channel.");
  const bool is_u8 = read.x == DType::u8 && is_8bit(read.output);
  const bool is_bf16 = read.x == DType::bf16 && read.output == DType::bf16;
  if ((!is_u8 && !is_bf16) || read.has_residual) {
    return refuse("Depthwise sums of several taps are of u8 to 8 bits or of bf16, and add nothing.");
  }
  if (request.isa < (is_u8 ? Isa::avx512_vnni : Isa::avx512_vnni_bf16)) {
    return refuse("The instruction set multiplies no several taps at once.");
  }
  if (read.activation.kind > Activation::Kind::clamp) return refuse("The activation is more than two bounds.");
  if (same_bytes(request.inputs[0].type->shape, read.x_layout, Layout::nhwc) &&
      same_bytes(request.outputs[0].type->shape, read.output_layout, Layout::nhwc)) {
    return {};
  }
  return refuse("The own depthwise convolution works in nhwc only.");
}

Result<const DepthwiseRows*> rows_for(const Conv2dRequest& read) {
  const Conv2dShape& shape = read.shape;
  const DepthwiseRows* rows = nullptr;
  if (shape.kernel_height == shape.kernel_width && shape.stride_height == shape.stride_width &&
      shape.dilation_height == 1 && shape.dilation_width == 1) {
    rows = is_bytes(read) ? depthwise_u8(shape.kernel_width, shape.stride_width)
                          : depthwise_bf16(shape.kernel_width, shape.stride_width);
  }
  if (rows != nullptr) return rows;
  return refuse("Depthwise sums of several taps know kernels of 3 x 3 and 5 x 5 with strides 1 and 2.");
}

void set_bounds(DepthwiseRowsPlan& plan) {
  if (is_bytes(plan.read)) {
    void* const nowhere = nullptr;
    const Finish finish =
        finish_of(plan.read, plan.channel, {.inputs = {}, .outputs = {&nowhere, 1}, .scratch = nullptr});
    plan.low = finish.byte_low;
    plan.high = finish.byte_high;
    plan.is_bounded_by_type = finish.is_bounded_by_type;
    return;
  }
  const Activation& activation = plan.read.activation;
  const bool is_clamp = activation.kind == Activation::Kind::clamp;
  const float unbounded = std::numeric_limits<float>::infinity();
  plan.low = is_clamp ? activation.alpha : activation.kind == Activation::Kind::relu ? 0 : -unbounded;
  plan.high = is_clamp ? activation.beta : unbounded;
}

}  // namespace

Result<std::unique_ptr<Kernel>> make_own_depthwise_rows(const KernelRequest& request) {
  auto plan = std::make_shared<DepthwiseRowsPlan>();
  RHEO_ASSIGN_OR_RETURN(plan->read, read_conv2d(request));
  RHEO_RETURN_IF_ERROR(check_types(request, plan->read));
  RHEO_ASSIGN_OR_RETURN(plan->rows, rows_for(plan->read));
  plan->channel = channel_scales(plan->read);
  if (is_bytes(plan->read) && plan->channel.byte_scale.empty()) return refuse("A scale or a bias is not finite.");
  const Conv2dShape& shape = plan->read.shape;
  const DepthwisePattern& pattern = plan->rows->pattern;
  plan->element_bytes = static_cast<std::int64_t>(size_bytes(plan->read.x));
  plan->blocks = (shape.out_channels + pattern.block - 1) / pattern.block;
  plan->block_bytes =
      std::int64_t{pattern.kernel} * pattern.variants * pattern.block * pattern.taps * plan->element_bytes;
  const auto places = static_cast<std::size_t>(plan->blocks * pattern.block);
  plan->scale.assign(places, 0.0F);
  plan->bias.assign(places, 0.0F);
  plan->weights.assign(static_cast<std::size_t>(plan->blocks * plan->block_bytes), std::byte{0});
  plan->outside.assign(
      static_cast<std::size_t>((shape.in_width * shape.in_channels + pattern.block) * plan->element_bytes),
      static_cast<std::byte>(plan->read.x_zero_point));
  set_bounds(*plan);
  pack(*plan);
  plan->chunks = chunks_for(request.threads);
  return std::unique_ptr<Kernel>(std::make_unique<DepthwiseRowsKernel>(std::move(plan)));
}

}  // namespace rheo

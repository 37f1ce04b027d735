// SPDX-License-Identifier: Apache-2.0
// conv2d where every channel is a group of its own, by own loops: y[n, oy, ox, c] = activation(sum over (ky, kx) of
// x[n, iy, ix, c] * w[c, ky, kx] + bias[c] + residual). Layouts: nhwc. Types: f32, bf16, u8/i8 x i8, all multiplied in
// f32, which holds 8-bit products exactly; f32, bf16, u8 or i8 out. Borders need no copy: tiles there use fewer taps.
// Tested by tests/agree/kernels_conv2d_test.cpp.
#include <algorithm>
#include <cstring>
#include <string>

#include "base/try.h"
#include "kernels/cpu/bands.h"
#include "kernels/cpu/channel_scales.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/lanes/loops.h"
#include "kernels/cpu/refusal.h"
#include "kernels/cpu/share.h"

namespace rheo {
namespace {

struct DepthwisePlan {
  Conv2dRequest read;
  ChannelScales channel;
  std::vector<float> weights;  // [kernel row][kernel column][channel], padded by 16
  std::vector<Band> rows, columns;
  const Loops* loops = nullptr;
  int chunks = 1;
};

// [out, 1, kernel height, kernel width] of any type to f32 with channels innermost.
std::vector<float> transposed_weights(const Conv2dRequest& read, const Loops& loops) {
  const std::int64_t channels = read.shape.out_channels;
  const std::int64_t positions = read.shape.kernel_height * read.shape.kernel_width;
  std::vector<float> weights(static_cast<std::size_t>(channels * positions) + 16);
  loops.convert_transposed(read.weights_tensor->data(), read.weights, positions, weights.data(), DType::f32, channels,
                           1.0F, channels, positions);
  return weights;
}

// Rows of one picture. finish.output and finish.residual begin with row call.output_first.
void compute_rows(const DepthwisePlan& plan, const RowCall& rows, const Finish& finish) {
  const Conv2dShape& shape = plan.read.shape;
  const std::int64_t pixel_bytes = shape.in_channels * static_cast<std::int64_t>(size_bytes(plan.read.x));
  DepthwiseCall call;
  call.dtype = plan.read.x;
  call.zero_point = static_cast<float>(plan.read.x_zero_point);
  call.channels = shape.out_channels;
  call.pixel_step = shape.stride_width * pixel_bytes;
  call.line_step = shape.stride_height * shape.in_width * pixel_bytes;
  call.output_step = shape.out_width;
  call.row_bytes = shape.dilation_height * shape.in_width * pixel_bytes;
  call.column_bytes = shape.dilation_width * pixel_bytes;
  call.weights_column = shape.out_channels;
  call.weights_row = shape.kernel_width * shape.out_channels;
  for (const Band& row : plan.rows) {
    const std::int64_t first = std::max(rows.rows.begin, row.start);
    call.lines = std::min(rows.rows.end, row.start + row.count) - first;
    if (call.lines <= 0) continue;
    const std::int64_t top = first * shape.stride_height - shape.pad_top + row.first * shape.dilation_height;
    const std::byte* origin = rows.input + (top - rows.input_first) * shape.in_width * pixel_bytes;
    call.rows = static_cast<int>(row.end - row.first);
    for (const Band& column : plan.columns) {
      call.columns = static_cast<int>(column.end - column.first);
      call.weights = plan.weights.data() + row.first * call.weights_row + column.first * call.weights_column;
      const std::int64_t left =
          column.start * shape.stride_width - shape.pad_left + column.first * shape.dilation_width;
      // A window that lies in the padding altogether reads nothing; its address must still be inside.
      const bool reads = call.rows > 0 && call.columns > 0;
      call.window = reads ? origin + left * pixel_bytes : rows.input;
      call.output = (first - rows.output_first) * shape.out_width + column.start;
      call.pixels = column.count;
      plan.loops->depthwise(call, finish);
    }
  }
}

class BoundDepthwise : public BoundKernel {
 public:
  BoundDepthwise(std::shared_ptr<const DepthwisePlan> plan, const Buffers& buffers)
      : plan_(std::move(plan)),
        x_(static_cast<const std::byte*>(buffers.inputs[0])),
        finish_(finish_of(plan_->read, plan_->channel, buffers)) {}

  Status run(ThreadPool* pool) override {
    share(pool, plan_->chunks, plan_->read.shape.batch * plan_->read.shape.out_height,
          [this](std::int64_t begin, std::int64_t end) { compute(begin, end); });
    return {};
  }

 private:
  // Output rows [begin, end), counted over all pictures. Those before a picture are counted into where it begins, so
  // that its results lie behind theirs.
  void compute(std::int64_t begin, std::int64_t end) const {
    const Conv2dShape& shape = plan_->read.shape;
    const std::int64_t picture_bytes =
        shape.in_height * shape.in_width * shape.in_channels * static_cast<std::int64_t>(size_bytes(plan_->read.x));
    for (std::int64_t line = begin; line < end;) {
      const std::int64_t picture = line / shape.out_height;
      const std::int64_t first = picture * shape.out_height;
      RowCall call;
      call.rows = {line - first, std::min(end - first, shape.out_height)};
      call.input = x_ + picture * picture_bytes;
      call.output_first = -first;
      compute_rows(*plan_, call, finish_);
      line = first + call.rows.end;
    }
  }

  std::shared_ptr<const DepthwisePlan> plan_;
  const std::byte* x_;
  Finish finish_;
};

class DepthwiseRows : public RowKernel {
 public:
  explicit DepthwiseRows(std::shared_ptr<const DepthwisePlan> plan) : plan_(std::move(plan)) {}
  RowRange reads(RowRange rows) const override { return rows_read(plan_->read.shape, rows); }
  void compute(const RowCall& call) const override {
    compute_rows(*plan_, call, finish_of(plan_->read, plan_->channel, call.residual, call.output));
  }

 private:
  std::shared_ptr<const DepthwisePlan> plan_;
};

class DepthwiseKernel : public Kernel {
 public:
  DepthwiseKernel(std::shared_ptr<const DepthwisePlan> plan, std::string name)
      : plan_(std::move(plan)), rows_(plan_), name_(std::move(name)) {}
  std::string implementation() const override { return name_; }
  bool has_copied(std::size_t input) const override { return input == kWeightsInput; }
  const RowKernel* by_rows() const override { return &rows_; }
  Result<std::unique_ptr<BoundKernel>> bind(const Buffers& buffers) const override {
    return std::unique_ptr<BoundKernel>(std::make_unique<BoundDepthwise>(plan_, buffers));
  }

 private:
  std::shared_ptr<const DepthwisePlan> plan_;
  DepthwiseRows rows_;
  std::string name_;
};

}  // namespace

Result<std::unique_ptr<Kernel>> make_own_depthwise(const KernelRequest& request) {
  auto plan = std::make_shared<DepthwisePlan>();
  RHEO_ASSIGN_OR_RETURN(plan->read, read_conv2d(request));
  const Conv2dShape& shape = plan->read.shape;
  if (!is_depthwise(shape)) return refuse("This is not a depthwise convolution with one output per channel.");
  if (!same_bytes(request.inputs[0].type->shape, plan->read.x_layout, Layout::nhwc) ||
      !same_bytes(request.outputs[0].type->shape, plan->read.output_layout, Layout::nhwc)) {
    return refuse("The own depthwise convolution works in nhwc only.");
  }
  plan->loops = &loops_for(request.isa);
  plan->channel = channel_scales(plan->read);
  plan->weights = transposed_weights(plan->read, *plan->loops);
  plan->rows = row_bands(shape);
  plan->columns = column_bands(shape);
  plan->chunks = chunks_for(request.threads);
  return std::unique_ptr<Kernel>(
      std::make_unique<DepthwiseKernel>(std::move(plan), std::string(loops_for(request.isa).dot_f32.name)));
}

// What own loops do best: f32 in pictures whose borders are a small part of them.
Result<std::unique_ptr<Kernel>> make_own_depthwise_f32(const KernelRequest& request) {
  constexpr std::int64_t kColumns = 14;
  RHEO_ASSIGN_OR_RETURN(const Conv2dRequest read, read_conv2d(request));
  if (read.x != DType::f32 || read.shape.out_width < kColumns) {
    return refuse("Other types than f32, and results of less than " + std::to_string(kColumns) +
                  " columns, are computed faster by other kernels.");
  }
  return make_own_depthwise(request);
}

}  // namespace rheo

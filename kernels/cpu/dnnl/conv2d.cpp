// SPDX-License-Identifier: Apache-2.0
// conv2d by oneDNN, direct or Winograd; f32 and bf16, bias, activation and a residual of the output's type fused.
// Layouts: nhwc, nchw16c, and plain pictures of few channels. Winograd: f32, 3 x 3, stride 1, nchw16c only.
// With more than one thread the batch, in nhwc the rows of one picture, or in nchw16c its output channels, are split
// into one-thread primitives. Limits: no 8-bit values (the own loops are as fast), no residual of another type, no
// hardsigmoid. Tested by tests/agree/kernels_conv2d_test.cpp.
#include <algorithm>
#include <atomic>
#include <cstring>

#include "base/checked.h"
#include "base/try.h"
#include "kernels/cpu/conv2d_shape.h"
#include "kernels/cpu/dnnl/adapter.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/refusal.h"

namespace rheo {
namespace {

using onednn::guarded;
using onednn::SingleThreadScope;

// A part of the output that one primitive computes: whole items of the batch, or rows or channels of the only one.
struct Slab {
  Conv2dShape shape;
  std::int64_t first_channel = 0;          // of the output
  std::size_t x_offset = 0, y_offset = 0;  // bytes
  dnnl::convolution_forward primitive;
  dnnl::convolution_forward::primitive_desc description;
  std::shared_ptr<void> weights;
  std::size_t scratch_offset = 0;
};

struct DnnlConvolution {
  Conv2dRequest read;
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  std::vector<Slab> slabs;
  std::string implementation;
  std::size_t scratch_bytes = 0;
  std::size_t output_bytes = 0;
};

class BoundConvolution : public BoundKernel {
 public:
  BoundConvolution(std::shared_ptr<const DnnlConvolution> plan, const Buffers& buffers)
      : plan_(std::move(plan)),
        residual_(plan_->read.has_residual ? buffers.inputs[3] : nullptr),
        output_(buffers.outputs[0]) {
    std::byte* x = static_cast<std::byte*>(const_cast<void*>(buffers.inputs[0]));
    std::byte* y = static_cast<std::byte*>(output_);
    for (const Slab& slab : plan_->slabs) {
      const auto& description = slab.description;
      Arguments arguments = {
          {DNNL_ARG_SRC, dnnl::memory(description.src_desc(), plan_->engine, x + slab.x_offset)},
          {DNNL_ARG_DST, dnnl::memory(description.dst_desc(), plan_->engine, y + slab.y_offset)},
          {DNNL_ARG_WEIGHTS, dnnl::memory(description.weights_desc(), plan_->engine, slab.weights.get())},
          {DNNL_ARG_SCRATCHPAD, dnnl::memory(description.scratchpad_desc(), plan_->engine,
                                             static_cast<std::byte*>(buffers.scratch) + slab.scratch_offset)}};
      if (plan_->read.bias_tensor != nullptr) {
        const float* bias = plan_->read.bias_tensor->as<float>().data() + slab.first_channel;
        arguments.emplace(DNNL_ARG_BIAS,
                          dnnl::memory(description.bias_desc(), plan_->engine, const_cast<float*>(bias)));
      }
      arguments_.push_back(std::move(arguments));
      streams_.emplace_back(plan_->engine);
    }
  }

  Status run(ThreadPool* pool) override {
    // The sum is added to what lies in the output.
    if (residual_ != nullptr && residual_ != output_) std::memcpy(output_, residual_, plan_->output_bytes);
    const int count = static_cast<int>(plan_->slabs.size());
    if (pool == nullptr || count == 1) {
      for (int i = 0; i < count; ++i) execute(static_cast<std::size_t>(i));
    } else {
      pool->for_each(count, [this](int i) { execute(static_cast<std::size_t>(i)); });
    }
    if (!failed_.exchange(false, std::memory_order_relaxed)) return {};
    return {StatusCode::internal, "oneDNN failed while it ran " + plan_->implementation + "; it may be out of memory."};
  }

 private:
  using Arguments = std::unordered_map<int, dnnl::memory>;

  // Runs on any thread, where nothing may be thrown.
  void execute(std::size_t i) noexcept {
    const Status status = guarded([&]() -> Status {
      const SingleThreadScope scope;
      plan_->slabs[i].primitive.execute(streams_[i], arguments_[i]);
      return {};
    });
    if (!status.ok()) failed_.store(true, std::memory_order_relaxed);
  }

  std::shared_ptr<const DnnlConvolution> plan_;
  const void* residual_;
  void* output_;
  std::vector<Arguments> arguments_;
  std::vector<dnnl::stream> streams_;
  std::atomic<bool> failed_ = false;
};

class ConvolutionKernel : public Kernel {
 public:
  explicit ConvolutionKernel(std::shared_ptr<const DnnlConvolution> plan) : plan_(std::move(plan)) {}
  std::string implementation() const override { return plan_->implementation; }
  std::size_t scratch_bytes() const override { return plan_->scratch_bytes; }
  int in_place_input() const override { return plan_->read.has_residual ? 3 : -1; }
  Result<std::unique_ptr<BoundKernel>> bind(const Buffers& buffers) const override {
    return guarded([&]() -> Result<std::unique_ptr<BoundKernel>> {
      return std::unique_ptr<BoundKernel>(std::make_unique<BoundConvolution>(plan_, buffers));
    });
  }

 private:
  std::shared_ptr<const DnnlConvolution> plan_;
};

// Halves of the output channels, in whole blocks of 16: dense in nchw16c, where rows are not.
std::vector<Slab> split_channels(const Conv2dShape& whole, DType output, std::int64_t parts) {
  std::vector<Slab> slabs;
  const std::int64_t blocks = whole.out_channels / 16;
  for (std::int64_t part = 0; part < parts; ++part) {
    const std::int64_t first = blocks * part / parts * 16;
    Slab& slab = slabs.emplace_back();
    slab.shape = whole;
    slab.first_channel = first;
    slab.shape.out_channels = blocks * (part + 1) / parts * 16 - first;
    slab.y_offset = static_cast<std::size_t>(first * whole.out_height * whole.out_width) * size_bytes(output);
  }
  return slabs;
}

// Rows of the weights that make these output channels, where they lie.
Tensor weights_of(const Tensor& weights, const Slab& slab) {
  Shape shape = weights.shape();
  if (shape[0] == slab.shape.out_channels) return weights;
  const std::size_t row_bytes = weights.size_bytes() / static_cast<std::size_t>(shape[0]);
  shape[0] = slab.shape.out_channels;
  const auto* first =
      static_cast<const std::byte*>(weights.data()) + static_cast<std::size_t>(slab.first_channel) * row_bytes;
  return Tensor::share(nullptr, first, weights.dtype(), shape);
}

std::vector<Slab> split(const Conv2dRequest& read, int threads) {
  const Conv2dShape& whole = read.shape;
  const std::int64_t x_row = whole.in_width * whole.in_channels * static_cast<std::int64_t>(size_bytes(read.x));
  const std::int64_t y_row = whole.out_width * whole.out_channels * static_cast<std::int64_t>(size_bytes(read.output));
  const bool rows_are_dense = read.x_layout == Layout::nhwc && read.output_layout == Layout::nhwc;
  std::vector<Slab> slabs;
  if (whole.batch > 1 && (rows_are_dense || whole.in_channels % 16 == 0) &&
      (rows_are_dense || whole.out_channels % 16 == 0)) {
    const std::int64_t parts = std::min<std::int64_t>(threads, whole.batch);
    for (std::int64_t part = 0; part < parts; ++part) {
      const std::int64_t first = whole.batch * part / parts;
      Slab& slab = slabs.emplace_back();
      slab.shape = whole;
      slab.shape.batch = whole.batch * (part + 1) / parts - first;
      slab.x_offset = static_cast<std::size_t>(first * whole.in_height * x_row);
      slab.y_offset = static_cast<std::size_t>(first * whole.out_height * y_row);
    }
    return slabs;
  }
  if (read.output_layout == Layout::nchw16c && whole.batch == 1 && whole.groups == 1 && whole.out_channels % 16 == 0) {
    return split_channels(whole, read.output, std::min<std::int64_t>(threads, whole.out_channels / 16));
  }
  const std::int64_t parts = rows_are_dense && whole.batch == 1 ? std::min<std::int64_t>(threads, whole.out_height) : 1;
  for (std::int64_t part = 0; part < parts; ++part) {
    const std::int64_t first = whole.out_height * part / parts;
    const std::int64_t end = whole.out_height * (part + 1) / parts;
    const std::int64_t extent = (whole.kernel_height - 1) * whole.dilation_height + 1;
    const std::int64_t from = first * whole.stride_height - whole.pad_top;
    const std::int64_t to = (end - 1) * whole.stride_height - whole.pad_top + extent;
    Slab& slab = slabs.emplace_back();
    slab.shape = whole;
    if (parts == 1) break;
    slab.shape.out_height = end - first;
    slab.shape.pad_top = std::max<std::int64_t>(0, -from);
    slab.shape.pad_bottom = std::max<std::int64_t>(0, to - whole.in_height);
    slab.shape.in_height = std::min(to, whole.in_height) - std::max<std::int64_t>(from, 0);
    slab.x_offset = static_cast<std::size_t>(std::max<std::int64_t>(from, 0) * x_row);
    slab.y_offset = static_cast<std::size_t>(first * y_row);
  }
  return slabs;
}

onednn::Convolution describe(const Conv2dRequest& read, const Conv2dShape& s, dnnl::algorithm algorithm) {
  onednn::Convolution c;
  c.algorithm = algorithm;
  c.x = onednn::describe({s.batch, s.in_channels, s.in_height, s.in_width}, read.x, read.x_layout);
  c.y = onednn::describe({s.batch, s.out_channels, s.out_height, s.out_width}, read.output, read.output_layout);
  dnnl::memory::dims weights = {s.out_channels, s.in_channels / s.groups, s.kernel_height, s.kernel_width};
  if (s.groups > 1) weights = {s.groups, s.out_channels / s.groups, weights[1], weights[2], weights[3]};
  c.weights = {weights, onednn::data_type_of(read.weights), dnnl::memory::format_tag::any};
  if (read.bias_tensor != nullptr) c.bias = onednn::describe({s.out_channels}, DType::f32, Layout::plain);
  c.strides = {s.stride_height, s.stride_width};
  c.dilations = {s.dilation_height - 1, s.dilation_width - 1};
  c.pads_begin = {s.pad_top, s.pad_left};
  c.pads_end = {s.pad_bottom, s.pad_right};
  return c;
}

Status prepare(DnnlConvolution& plan, const KernelRequest& request, dnnl::algorithm algorithm) {
  dnnl::post_ops post_ops;
  if (plan.read.has_residual) post_ops.append_sum();
  RHEO_RETURN_IF_ERROR(onednn::append_activation(post_ops, plan.read.activation));
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  attributes.set_post_ops(post_ops);
  plan.slabs = split(plan.read, request.threads);
  for (Slab& slab : plan.slabs) {
    const onednn::Convolution wanted = describe(plan.read, slab.shape, algorithm);
    RHEO_ASSIGN_OR_RETURN(slab.description, onednn::describe_convolution(plan.engine, wanted, attributes));
    const dnnl::memory::dims dims = wanted.weights.dims();
    const dnnl::memory::desc plain = onednn::describe(Shape(dims), plan.read.weights, Layout::plain);
    plan.implementation = slab.description.impl_info_str();
    RHEO_ASSIGN_OR_RETURN(slab.weights,
                          onednn::packed(plan.engine, weights_of(*plan.read.weights_tensor, slab), plain,
                                         slab.description.weights_desc(), plan.implementation, *request.weights));
    slab.primitive = dnnl::convolution_forward(slab.description);
    slab.scratch_offset = plan.scratch_bytes;
    plan.scratch_bytes += align_up(slab.description.scratchpad_desc().get_size(), 64);
  }
  return {};
}

Result<std::unique_ptr<Kernel>> make(const KernelRequest& request, dnnl::algorithm algorithm) {
  auto plan = std::make_shared<DnnlConvolution>();
  RHEO_ASSIGN_OR_RETURN(plan->read, read_conv2d(request));
  const Conv2dRequest& read = plan->read;
  RHEO_RETURN_IF_ERROR(onednn::check_isa(request.isa));
  if (is_8bit(read.x)) return refuse("8-bit convolutions are left to the own loops, which are as fast.");
  if (read.has_residual && read.residual != read.output)
    return refuse("The residual has another type than the result.");
  plan->output_bytes = storage_bytes(*request.outputs[0].type, read.output_layout);
  const SingleThreadScope scope;
  RHEO_RETURN_IF_ERROR(guarded([&] { return prepare(*plan, request, algorithm); }));
  return std::unique_ptr<Kernel>(std::make_unique<ConvolutionKernel>(std::move(plan)));
}

}  // namespace

Result<std::unique_ptr<Kernel>> make_dnnl_conv2d(const KernelRequest& request) {
  return make(request, dnnl::algorithm::convolution_direct);
}

// An entry of its own, because oneDNN is the faster one here and the own loops are elsewhere.
Result<std::unique_ptr<Kernel>> make_dnnl_depthwise(const KernelRequest& request) {
  RHEO_ASSIGN_OR_RETURN(const Conv2dRequest read, read_conv2d(request));
  if (!is_depthwise(read.shape)) return refuse("This is not a depthwise convolution with one output per channel.");
  return make(request, dnnl::algorithm::convolution_direct);
}

Result<std::unique_ptr<Kernel>> make_dnnl_winograd(const KernelRequest& request) {
  if (request.inputs[0].type->dtype != DType::f32) return refuse("Winograd works on f32 only.");
  return make(request, dnnl::algorithm::convolution_winograd);
}

}  // namespace rheo

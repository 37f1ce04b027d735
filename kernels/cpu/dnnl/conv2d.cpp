// SPDX-License-Identifier: Apache-2.0
// conv2d by oneDNN, direct or Winograd: f32, bf16, u8 and i8 x i8; bias, residual, activation and output scale fused.
// Layouts: nhwc, nchw16c (f32 and bf16), and plain pictures of few channels. Winograd: f32, 3 x 3, stride 1, nchw16c.
// With more than one thread the batch, in nhwc the rows of one picture, or in nchw16c its output channels, are split
// into one-thread primitives. Limits: 8-bit only where oneDNN's sums are exact (VNNI), and not with hardsigmoid.
// Tested by tests/agree/kernels_conv2d_test.cpp.
#include <algorithm>

#include "base/try.h"
#include "kernels/cpu/dnnl/product.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/refusal.h"

namespace rheo {
namespace {

// A part of the output that one primitive computes: whole items of the batch, or rows or channels of the only one.
struct Slab {
  Conv2dShape shape;
  std::int64_t first_channel = 0;                  // of the output
  std::int64_t first_input = 0, first_output = 0;  // elements
};

// Halves of the output channels, in whole blocks of 16: dense in nchw16c, where rows are not.
std::vector<Slab> split_channels(const Conv2dShape& whole, std::int64_t parts) {
  std::vector<Slab> slabs;
  const std::int64_t blocks = whole.out_channels / 16;
  for (std::int64_t part = 0; part < parts; ++part) {
    const std::int64_t first = blocks * part / parts * 16;
    Slab& slab = slabs.emplace_back();
    slab.shape = whole;
    slab.first_channel = first;
    slab.shape.out_channels = blocks * (part + 1) / parts * 16 - first;
    slab.first_output = first * whole.out_height * whole.out_width;
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
  const std::int64_t x_row = whole.in_width * whole.in_channels;
  const std::int64_t y_row = whole.out_width * whole.out_channels;
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
      slab.first_input = first * whole.in_height * x_row;
      slab.first_output = first * whole.out_height * y_row;
    }
    return slabs;
  }
  if (read.output_layout == Layout::nchw16c && whole.batch == 1 && whole.groups == 1 && whole.out_channels % 16 == 0) {
    return split_channels(whole, std::min<std::int64_t>(threads, whole.out_channels / 16));
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
    slab.first_input = std::max<std::int64_t>(from, 0) * x_row;
    slab.first_output = first * y_row;
  }
  return slabs;
}

onednn::ProductSlice slice_of(const Conv2dRequest& read, const Slab& slab) {
  const Conv2dShape& s = slab.shape;
  onednn::ProductSlice slice;
  slice.first_channel = slab.first_channel;
  slice.channels = s.out_channels;
  slice.first_element = slab.first_output;
  slice.y_shape = {s.batch, s.out_channels, s.out_height, s.out_width};
  slice.y_layout = read.output_layout;
  slice.y = onednn::describe(slice.y_shape, read.output, read.output_layout);
  if (read.has_offsets()) slice.bias = onednn::describe({s.out_channels}, DType::f32, Layout::plain);
  // Weights of groups have the channels in their first two dimensions.
  slice.masks = {.y = 1 << 1, .weights = s.groups > 1 ? 3 : 1};
  return slice;
}

Shape weights_shape(const Conv2dShape& s) {
  const Shape ungrouped = {s.out_channels, s.in_channels / s.groups, s.kernel_height, s.kernel_width};
  if (s.groups == 1) return ungrouped;
  return {s.groups, s.out_channels / s.groups, ungrouped[1], ungrouped[2], ungrouped[3]};
}

onednn::Convolution describe(const Conv2dRequest& read, const Conv2dShape& s, const onednn::ProductSlice& slice,
                             dnnl::algorithm algorithm) {
  onednn::Convolution c;
  c.algorithm = algorithm;
  c.x = onednn::describe({s.batch, s.in_channels, s.in_height, s.in_width}, read.x, read.x_layout);
  c.y = slice.y;
  c.bias = slice.bias;
  const Shape weights = weights_shape(s);
  c.weights = {dnnl::memory::dims(weights.dims().begin(), weights.dims().end()), onednn::data_type_of(read.weights),
               dnnl::memory::format_tag::any};
  c.strides = {s.stride_height, s.stride_width};
  c.dilations = {s.dilation_height - 1, s.dilation_width - 1};
  c.pads_begin = {s.pad_top, s.pad_left};
  c.pads_end = {s.pad_bottom, s.pad_right};
  return c;
}

Result<onednn::Part> part_of(const dnnl::engine& engine, const Conv2dRequest& read, const Slab& slab,
                             dnnl::algorithm algorithm, WeightStore& store) {
  const onednn::ProductSlice slice = slice_of(read, slab);
  RHEO_ASSIGN_OR_RETURN(onednn::ProductFinish finish, onednn::finish_product(read, slice));
  const onednn::Convolution wanted = describe(read, slab.shape, slice, algorithm);
  onednn::Part part;
  RHEO_ASSIGN_OR_RETURN(part.prepared, onednn::prepare(engine, wanted, finish.attributes));
  const dnnl::memory::desc plain = onednn::describe(weights_shape(slab.shape), read.weights, Layout::plain);
  const std::string maker = part.prepared.implementation + ' ' + std::string(name_of(read.x));
  RHEO_ASSIGN_OR_RETURN(std::shared_ptr<void> weights, onednn::packed(engine, weights_of(*read.weights_tensor, slab),
                                                                      plain, part.prepared.weights, maker, store));
  part.arguments = std::move(finish.arguments);
  part.arguments.push_back(onednn::Argument::input(DNNL_ARG_SRC, wanted.x, 0,
                                                   static_cast<std::size_t>(slab.first_input) * size_bytes(read.x)));
  part.arguments.push_back(onednn::Argument::constant(DNNL_ARG_WEIGHTS, part.prepared.weights, std::move(weights)));
  return part;
}

Result<std::unique_ptr<Kernel>> make(const KernelRequest& request, dnnl::algorithm algorithm) {
  RHEO_ASSIGN_OR_RETURN(const Conv2dRequest read, read_conv2d(request));
  RHEO_RETURN_IF_ERROR(onednn::check_product(read, request.isa));
  const bool blocked = read.x_layout == Layout::nchw16c || read.output_layout == Layout::nchw16c;
  if (is_8bit(read.x) && blocked) return refuse("oneDNN convolves 8-bit values in nhwc only.");
  return onednn::guarded([&]() -> Result<std::unique_ptr<Kernel>> {
    const dnnl::engine engine = onednn::cpu_engine();
    std::vector<onednn::Part> parts;
    for (const Slab& slab : split(read, request.threads)) {
      RHEO_ASSIGN_OR_RETURN(parts.emplace_back(), part_of(engine, read, slab, algorithm, *request.weights));
    }
    const std::size_t output_bytes = storage_bytes(*request.outputs[0].type, read.output_layout);
    return onednn::make_primitive_kernel(engine, std::move(parts), onednn::product_settings(read, output_bytes));
  });
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

// SPDX-License-Identifier: Apache-2.0
// conv_transpose2d: every input pixel times the weights, added into the result where its kernel lies. f32 and bf16 in,
// f32 and bf16 out, nhwc. A row of the result takes the input rows and kernel rows that meet in it: one product per
// pair of them, added up element by element. Threads take rows of the result. Limits: constant weights and bias; bf16
// is multiplied as such only where the groups have an even number of input channels. Tested by
// tests/agree/kernels_conv_transpose2d_test.cpp.
#include "op/conv_transpose2d.h"

#include <algorithm>

#include "base/try.h"
#include "kernels/cpu/dot_pack.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/loop_kernel.h"
#include "kernels/cpu/refusal.h"
#include "kernels/cpu/share.h"

namespace rheo {
namespace {

std::int64_t whole_vectors(std::int64_t count) { return (count + 15) / 16 * 16; }

struct TransposePlan {
  Shape x, y;  // [batch, channels, height, width]
  ConvTranspose2dSettings settings;
  Activation activation;
  DType x_dtype = DType::f32, y_dtype = DType::f32;
  DotLoops dot;
  const Loops* loops = nullptr;
  std::shared_ptr<const DotPack> pack;  // a group is one kernel row of one group of channels
  std::vector<float> bias;              // per output channel
  std::int64_t chunks = 1;

  std::int64_t group_in() const { return x[1] / settings.groups; }
  std::int64_t group_out() const { return y[1] / settings.groups; }
  // Results of one input pixel and one kernel row: [kernel column][output channel of the group].
  std::int64_t products() const { return settings.window.kernel[1] * group_out(); }
  bool converts_x() const { return !dot.reads(x_dtype); }

  // Numbers of f32 that one chunk works with, in this order.
  std::int64_t x_room() const { return converts_x() ? whole_vectors(x[3] * x[1]) : 0; }
  std::int64_t products_room() const { return x[3] * whole_vectors(products()); }
  std::int64_t sums_room() const { return whole_vectors(y[3] * y[1]); }
  std::int64_t room() const { return x_room() + products_room() + sums_room(); }
};

class TransposeChunk {
 public:
  TransposeChunk(const TransposePlan& plan, const Buffers& buffers, std::int64_t chunk)
      : plan_(plan), buffers_(buffers), x_(static_cast<float*>(buffers.scratch) + chunk * plan.room()) {
    products_ = x_ + plan.x_room();
    sums_ = products_ + plan.products_room();
  }

  // Rows [begin, end) of the result, counted over all images.
  void run(std::int64_t begin, std::int64_t end) const {
    const std::int64_t elements = plan_.y[3] * plan_.y[1];
    const std::int64_t bytes = elements * static_cast<std::int64_t>(size_bytes(plan_.y_dtype));
    for (std::int64_t row = begin; row < end; ++row) {
      for (std::int64_t j = 0; j < plan_.y[3]; ++j)
        std::copy(plan_.bias.begin(), plan_.bias.end(), sums_ + j * plan_.y[1]);
      add_products(row / plan_.y[2], row % plan_.y[2]);
      plan_.loops->activate(sums_, sums_, DType::f32, 1.0F, plan_.activation, elements);
      plan_.loops->convert(sums_, DType::f32, static_cast<std::byte*>(buffers_.outputs[0]) + row * bytes, plan_.y_dtype,
                           1.0F, elements);
    }
  }

 private:
  // Every kernel row that brings an input row into row `i` of the result.
  void add_products(std::int64_t image, std::int64_t i) const {
    const Window2d& window = plan_.settings.window;
    for (std::int64_t k = 0; k < window.kernel[0]; ++k) {
      const std::int64_t at = i + window.pads_begin[0] - k * window.dilations[0];
      if (at < 0 || at % window.strides[0] != 0 || at / window.strides[0] >= plan_.x[2]) continue;
      const std::byte* x = input_row(image * plan_.x[2] + at / window.strides[0]);
      for (std::int64_t group = 0; group < plan_.settings.groups; ++group) {
        multiply(x, group, k);
        scatter(group);
      }
    }
  }

  const std::byte* input_row(std::int64_t row) const {
    const std::int64_t elements = plan_.x[3] * plan_.x[1];
    const std::byte* x = static_cast<const std::byte*>(buffers_.inputs[0]) +
                         row * elements * static_cast<std::int64_t>(size_bytes(plan_.x_dtype));
    if (!plan_.converts_x()) return x;
    plan_.loops->convert(x, plan_.x_dtype, x_, DType::f32, 1.0F, elements);
    return reinterpret_cast<const std::byte*>(x_);
  }

  void multiply(const std::byte* x, std::int64_t group, std::int64_t k) const {
    static constexpr std::ptrdiff_t kNoOffset = 0;
    const std::int64_t element_bytes = plan_.dot.element_bytes();
    const std::int64_t in = plan_.group_in();
    Finish finish;  // without a scale the sums are stored as they are
    finish.output = products_;
    TileCall call;
    call.segment_offsets = &kNoOffset;
    call.segments = 1;
    call.steps = static_cast<int>((in + plan_.dot.step - 1) / plan_.dot.step);
    call.channel_stride = whole_vectors(plan_.products());
    const std::byte* packed =
        plan_.pack->weights.get() +
        static_cast<std::size_t>(group * plan_.settings.window.kernel[0] + k) * plan_.pack->group_bytes;
    for (std::int64_t first = 0; first < plan_.products(); first += plan_.dot.block_channels) {
      call.weights = packed + static_cast<std::size_t>(first / plan_.dot.block_channels) * plan_.pack->block_bytes;
      call.first_channel = first;
      call.channels = static_cast<int>(std::min<std::int64_t>(plan_.dot.block_channels, plan_.products() - first));
      for (std::int64_t w = 0; w < plan_.x[3]; w += call.pixel_count) {
        call.pixel_count = static_cast<int>(std::min<std::int64_t>(plan_.dot.tile_pixels, plan_.x[3] - w));
        for (int p = 0; p < call.pixel_count; ++p) {
          call.pixels[p] = x + ((w + p) * plan_.x[1] + group * in) * element_bytes;
          call.outputs[p] = w + p;
        }
        plan_.dot.tile(call, finish);
      }
    }
  }

  void scatter(std::int64_t group) const {
    const Window2d& window = plan_.settings.window;
    const std::int64_t out = plan_.group_out();
    for (std::int64_t w = 0; w < plan_.x[3]; ++w) {
      for (std::int64_t l = 0; l < window.kernel[1]; ++l) {
        const std::int64_t j = w * window.strides[1] - window.pads_begin[1] + l * window.dilations[1];
        if (j < 0 || j >= plan_.y[3]) continue;
        plan_.loops->accumulate(products_ + w * whole_vectors(plan_.products()) + l * out, DType::f32,
                                sums_ + j * plan_.y[1] + group * out, out);
      }
    }
  }

  const TransposePlan& plan_;
  const Buffers& buffers_;
  float* x_;         // [width][channels], where they are not read as they lie
  float* products_;  // [width][kernel column][output channel of a group], rows of whole vectors
  float* sums_;      // [width of the result][channels]
};

template <typename Element>
Tensor by_kernel_row(const Tensor& weights, std::int64_t groups) {
  const Shape& shape = weights.shape();  // [in, out / groups, kernel_h, kernel_w]
  const std::int64_t in = shape[0] / groups;
  const std::int64_t columns = shape[3] * shape[1];
  Result<Tensor> turned = Tensor::zeros(weights.dtype(), {groups * shape[2] * columns, in});
  if (!turned.ok()) return {};
  const Element* from = static_cast<const Element*>(weights.data());
  Element* to = static_cast<Element*>(turned->mutable_data());
  for (std::int64_t c = 0; c < shape[0]; ++c)
    for (std::int64_t o = 0; o < shape[1]; ++o)
      for (std::int64_t k = 0; k < shape[2]; ++k)
        for (std::int64_t l = 0; l < shape[3]; ++l)
          to[((c / in * shape[2] + k) * columns + l * shape[1] + o) * in + c % in] = *from++;
  return std::move(*turned);
}

Result<std::shared_ptr<const DotPack>> pack_weights(const TransposePlan& plan, const Tensor& weights,
                                                    WeightStore& store) {
  Conv2dRequest product;
  product.weights = weights.dtype();
  product.shape.groups = plan.settings.groups * plan.settings.window.kernel[0];
  product.shape.in_channels = product.shape.groups * plan.group_in();
  product.shape.out_channels = product.shape.groups * plan.products();
  const auto make = [&](WeightArena& arena) -> Result<WeightStore::Pack> {
    const Tensor turned = weights.dtype() == DType::bf16 ? by_kernel_row<std::uint16_t>(weights, plan.settings.groups)
                                                         : by_kernel_row<float>(weights, plan.settings.groups);
    if (turned.empty()) return Status(StatusCode::resource_exhausted, "No memory to turn weights around.");
    product.weights_tensor = &turned;
    return make_dot_pack(product, plan.dot, arena);
  };
  RHEO_ASSIGN_OR_RETURN(std::shared_ptr<void> pack,
                        store.get(weights.data(), "turned:" + dot_key(product.shape, plan.dot), make));
  return std::static_pointer_cast<const DotPack>(pack);
}

}  // namespace

Result<std::unique_ptr<Kernel>> make_own_conv_transpose2d(const KernelRequest& request) {
  const Operand& x = request.inputs[0];
  const Operand& y = request.outputs[0];
  const Operand* bias = operand(request.inputs, kBiasInput);
  if (request.inputs[1].constant == nullptr || (bias != nullptr && bias->constant == nullptr))
    return refuse("Weights and bias of conv_transpose2d are not constants.");
  if (x.type->dtype != request.inputs[1].type->dtype || (x.type->dtype != DType::f32 && x.type->dtype != DType::bf16))
    return refuse("conv_transpose2d works on x and weights of f32 or of bf16.");
  if (!same_bytes(x.type->shape, x.layout, Layout::nhwc) || !same_bytes(y.type->shape, y.layout, Layout::nhwc))
    return refuse("conv_transpose2d works on nhwc only.");
  if (y.type->shape.elements() == 0) return make_empty_kernel();
  RHEO_RETURN_IF_ERROR(check_sizes(request));
  TransposePlan plan;
  plan.x = x.type->shape;
  plan.y = y.type->shape;
  plan.settings = ConvTranspose2dSettings::from(*request.attributes, request.inputs[1].type->shape);
  RHEO_ASSIGN_OR_RETURN(plan.activation, fused_activation(*request.attributes));
  plan.x_dtype = x.type->dtype;
  plan.y_dtype = y.type->dtype;
  plan.loops = &loops_for(request.isa);
  const bool as_bf16 = plan.x_dtype == DType::bf16 && request.isa >= Isa::avx512_vnni_bf16 && plan.group_in() % 2 == 0;
  plan.dot = as_bf16 ? dot_bf16() : plan.loops->dot_f32;
  RHEO_ASSIGN_OR_RETURN(plan.pack, pack_weights(plan, *request.inputs[1].constant, *request.weights));
  plan.bias.assign(static_cast<std::size_t>(plan.y[1]), 0.0F);
  if (bias != nullptr) std::copy_n(bias->constant->as<float>().begin(), plan.bias.size(), plan.bias.begin());
  const std::int64_t rows = plan.y[0] * plan.y[2];
  plan.chunks = std::min<std::int64_t>(chunks_for(request.threads), rows);
  LoopSettings settings = loop_settings(request);
  settings.implementation = plan.dot.name;
  settings.parts = plan.chunks;
  settings.copied_inputs = {kWeightsInput};
  settings.scratch_bytes = static_cast<std::size_t>(plan.chunks * plan.room()) * sizeof(float);
  return make_loop_kernel(std::move(settings), [plan = std::move(plan), rows](const Buffers& buffers,
                                                                              std::int64_t begin, std::int64_t end) {
    for (std::int64_t chunk = begin; chunk < end; ++chunk)
      TransposeChunk(plan, buffers, chunk).run(rows * chunk / plan.chunks, rows * (chunk + 1) / plan.chunks);
  });
}

}  // namespace rheo

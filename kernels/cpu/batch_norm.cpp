// SPDX-License-Identifier: Apache-2.0
// batch_norm: (x - mean[c]) / sqrt(variance[c] + epsilon) * scale[c] + shift[c], channels in dimension 1. f32 and bf16;
// plain, nhwc and nchw16c. Limit: constant parameters. Tested by tests/agree/kernels_ops_test.cpp.
#include <cmath>

#include "kernels/cpu/convert_layout.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/lanes/loops.h"
#include "kernels/cpu/loop_kernel.h"
#include "kernels/cpu/refusal.h"
#include "op/normalisation.h"

namespace rheo {
namespace {

// y = x * scale + shift per channel.
struct Affine {
  std::vector<float> scale, shift;  // padded with zeros to a multiple of 16
  DType dtype = DType::f32;
  Layout layout = Layout::plain;
  std::int64_t images = 1, channels = 1, pixels = 1;
  const Loops* loops = nullptr;

  // A part is a plane of one channel, one pixel of nhwc, or one block of channels of nchw16c.
  std::int64_t parts() const {
    if (layout == Layout::nhwc) return images * pixels;
    return images * (layout == Layout::plain ? channels : scale_blocks());
  }

  void run(const std::byte* in, std::byte* out, std::int64_t begin, std::int64_t end) const {
    const std::int64_t bytes = static_cast<std::int64_t>(size_bytes(dtype));
    const auto run_at = [&](std::int64_t first, std::int64_t channel, std::int64_t step, std::int64_t count) {
      loops->affine(in + first * bytes, out + first * bytes, dtype, scale.data() + channel, shift.data() + channel,
                    step, count);
    };
    for (std::int64_t part = begin; part < end; ++part) {
      if (layout == Layout::plain) {
        run_at(part * pixels, part % channels, 0, pixels);
      } else if (layout == Layout::nhwc) {
        run_at(part * channels, 0, 1, channels);
      } else {
        const std::int64_t channel = part % scale_blocks() * 16;
        for (std::int64_t p = 0; p < pixels; ++p) run_at((part * pixels + p) * 16, channel, 1, 16);
      }
    }
  }

  std::int64_t scale_blocks() const { return static_cast<std::int64_t>(scale.size() / 16); }
};

}  // namespace

Result<std::unique_ptr<Kernel>> make_own_batch_norm(const KernelRequest& request) {
  const Operand& x = request.inputs[0];
  const Shape& shape = x.type->shape;
  if (x.type->dtype != DType::f32 && x.type->dtype != DType::bf16) return refuse("batch_norm works on f32 and bf16.");
  if (x.layout != request.outputs[0].layout) return refuse("batch_norm keeps the layout.");
  if (shape.rank() < 2) return refuse("batch_norm needs a dimension of channels.");
  if (shape.elements() == 0) return make_empty_kernel();
  for (std::size_t i = 1; i < 5; ++i) {
    if (request.inputs[i].constant == nullptr) return refuse("The parameters of batch_norm are not constants.");
  }
  const float epsilon = static_cast<float>(BatchNormSettings::from(*request.attributes).epsilon);
  const auto parameter = [&](std::size_t i, std::size_t c) { return request.inputs[i].constant->as<float>()[c]; };
  Affine affine;
  affine.dtype = x.type->dtype;
  affine.layout = x.layout;
  affine.images = shape[0];
  affine.channels = shape[1];
  affine.pixels = shape.elements() / shape[0] / shape[1];
  affine.loops = &loops_for(request.isa);
  affine.scale.resize(static_cast<std::size_t>(shape[1] + 15) / 16 * 16);
  affine.shift.resize(affine.scale.size());
  for (std::size_t c = 0; c < static_cast<std::size_t>(shape[1]); ++c) {
    affine.scale[c] = parameter(1, c) / std::sqrt(parameter(4, c) + epsilon);
    affine.shift[c] = parameter(2, c) - parameter(3, c) * affine.scale[c];
  }
  LoopSettings settings = loop_settings(request);
  settings.in_place_input = 0;
  settings.parts = affine.parts();
  return make_loop_kernel(std::move(settings),
                          [affine = std::move(affine)](const Buffers& buffers, std::int64_t begin, std::int64_t end) {
                            affine.run(static_cast<const std::byte*>(buffers.inputs[0]),
                                       static_cast<std::byte*>(buffers.outputs[0]), begin, end);
                          });
}

}  // namespace rheo

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

// y = x * scale + shift per channel; `run` consecutive elements share a channel, or walk through `channels`.
struct Affine {
  std::vector<float> scale, shift;  // padded with zeros to a multiple of 16
  DType dtype = DType::f32;
  Layout layout = Layout::plain;
  std::int64_t images = 1, channels = 1, pixels = 1;
  const Loops* loops = nullptr;

  void run(const std::byte* in, std::byte* out) const {
    const std::int64_t bytes = static_cast<std::int64_t>(size_bytes(dtype));
    const auto next = [&](std::int64_t channel, std::int64_t step, std::int64_t count) {
      loops->affine(in, out, dtype, scale.data() + channel, shift.data() + channel, step, count);
      in += count * bytes;
      out += count * bytes;
    };
    for (std::int64_t n = 0; n < images; ++n) {
      if (layout == Layout::plain) {
        for (std::int64_t c = 0; c < channels; ++c) next(c, 0, pixels);
      } else if (layout == Layout::nhwc) {
        for (std::int64_t p = 0; p < pixels; ++p) next(0, 1, channels);
      } else {
        for (std::int64_t c = 0; c < channels; c += 16) {
          for (std::int64_t p = 0; p < pixels; ++p) next(c, 1, 16);
        }
      }
    }
  }
};

}  // namespace

Result<std::unique_ptr<Kernel>> make_own_batch_norm(const KernelRequest& request) {
  const Operand& x = request.inputs[0];
  const Shape& shape = x.type->shape;
  if (x.type->dtype != DType::f32 && x.type->dtype != DType::bf16) return refuse("batch_norm works on f32 and bf16.");
  if (x.layout != request.outputs[0].layout) return refuse("batch_norm keeps the layout.");
  if (shape.rank() < 2 || shape.elements() == 0)
    return refuse("batch_norm needs elements and a dimension of channels.");
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
  return make_loop_kernel({.implementation = loops_name(request.isa), .in_place_input = 0},
                          [affine = std::move(affine)](const Buffers& buffers) {
                            affine.run(static_cast<const std::byte*>(buffers.inputs[0]),
                                       static_cast<std::byte*>(buffers.outputs[0]));
                          });
}

}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// group_norm: (x - mean) / sqrt(variance + epsilon) * scale[c] + shift[c] with mean and variance of each group of
// channels. f32 and bf16, plain and nhwc, in place. Limit: constant parameters. A part is a group of an image in plain
// and an image in nhwc. Tested by tests/agree/kernels_norms_test.cpp.
#include <algorithm>
#include <cmath>
#include <limits>

#include "base/try.h"
#include "kernels/cpu/conv2d_shape.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/lanes/loops.h"
#include "kernels/cpu/loop_kernel.h"
#include "kernels/cpu/refusal.h"
#include "op/normalisation.h"

namespace rheo {
namespace {

struct GroupNorm {
  std::vector<float> scale, shift;  // per channel
  DType dtype = DType::f32;
  std::int64_t channels = 1, groups = 1, pixels = 1;
  float epsilon = 0;
  const Loops* loops = nullptr;

  std::int64_t group_channels() const { return channels / groups; }
  std::int64_t bytes(std::int64_t elements) const { return elements * static_cast<std::int64_t>(size_bytes(dtype)); }

  // NaN when the squares overflowed: nobody must take what would come out for an answer.
  float inverse(float variance) const {
    const bool is_number = variance <= std::numeric_limits<float>::max();
    return is_number ? 1.0F / std::sqrt(variance + epsilon) : std::numeric_limits<float>::quiet_NaN();
  }

  // One group of an image, which lies in one piece.
  void run_plain(const std::byte* in, std::byte* out, std::int64_t part) const {
    const std::int64_t count = group_channels() * pixels;
    const Spread spread = loops->spread(in + bytes(part * count), dtype, count);
    for (std::int64_t c = 0; c < group_channels(); ++c) {
      const auto channel = static_cast<std::size_t>(part % groups * group_channels() + c);
      const float factor = inverse(spread.variance) * scale[channel];
      const std::int64_t at = bytes(part * count + c * pixels);
      loops->centre(in + at, out + at, dtype, {&spread.mean, &factor, &shift[channel]}, 0, pixels);
    }
  }

  // One image with its channels innermost; `numbers` has room for two per channel.
  void run_nhwc(const std::byte* in, std::byte* out, float* numbers) const {
    float* mean = numbers;
    float* factor = numbers + channels;
    std::fill(numbers, numbers + 2 * channels, 0.0F);
    for (std::int64_t p = 0; p < pixels; ++p) loops->accumulate(in + bytes(p * channels), dtype, mean, channels);
    for_each_group(mean, [&](float sum, std::int64_t) { return sum; });
    for (std::int64_t p = 0; p < pixels; ++p)
      loops->accumulate_squares(in + bytes(p * channels), dtype, mean, factor, channels);
    for_each_group(factor, [&](float variance, std::int64_t channel) {
      return inverse(variance) * scale[static_cast<std::size_t>(channel)];
    });
    for (std::int64_t p = 0; p < pixels; ++p) {
      const std::int64_t at = bytes(p * channels);
      loops->centre(in + at, out + at, dtype, {mean, factor, shift.data()}, 1, channels);
    }
  }

  // Puts what `number` makes of the average over a group in place of the sums of its channels.
  template <typename F>
  void for_each_group(float* sums, const F& number) const {
    const float share = 1.0F / static_cast<float>(group_channels() * pixels);
    for (std::int64_t first = 0; first < channels; first += group_channels()) {
      float sum = 0;
      for (std::int64_t c = first; c < first + group_channels(); ++c) sum += sums[c];
      for (std::int64_t c = first; c < first + group_channels(); ++c) sums[c] = number(sum * share, c);
    }
  }
};

Status read_parameter(const KernelRequest& request, std::size_t input, std::vector<float>& numbers) {
  const Operand* parameter = operand(request.inputs, input);
  if (parameter == nullptr) return {};
  if (parameter->constant == nullptr) return refuse("The parameters of group_norm are not constants.");
  const std::span<const float> constant = parameter->constant->as<float>();
  numbers.assign(constant.begin(), constant.end());
  return {};
}

}  // namespace

Result<std::unique_ptr<Kernel>> make_own_group_norm(const KernelRequest& request) {
  const Operand& x = request.inputs[0];
  const Shape& shape = x.type->shape;
  if (x.type->dtype != DType::f32 && x.type->dtype != DType::bf16) return refuse("group_norm works on f32 and bf16.");
  if (x.layout != request.outputs[0].layout || x.layout == Layout::nchw16c)
    return refuse("group_norm keeps the layout, plain or nhwc.");
  if (shape.elements() == 0) return make_empty_kernel();
  GroupNorm norm;
  norm.dtype = x.type->dtype;
  norm.channels = shape[1];
  norm.pixels = shape.elements() / shape[0] / shape[1];
  const GroupNormSettings settings = GroupNormSettings::from(*request.attributes);
  norm.groups = settings.groups;
  norm.epsilon = static_cast<float>(settings.epsilon);
  norm.scale.assign(static_cast<std::size_t>(shape[1]), 1.0F);
  norm.shift.assign(static_cast<std::size_t>(shape[1]), 0.0F);
  RHEO_RETURN_IF_ERROR(read_parameter(request, 1, norm.scale));
  RHEO_RETURN_IF_ERROR(read_parameter(request, 2, norm.shift));
  norm.loops = &loops_for(request.isa);
  const bool is_plain = same_bytes(shape, x.layout, Layout::plain);
  LoopSettings loop = loop_settings(request);
  loop.in_place_input = 0;
  loop.parts = is_plain ? shape[0] * norm.groups : shape[0];
  const std::int64_t numbers = is_plain ? 0 : 2 * norm.channels;
  loop.scratch_bytes = static_cast<std::size_t>(loop.parts * numbers) * sizeof(float);
  return make_loop_kernel(
      std::move(loop), [=, norm = std::move(norm)](const Buffers& buffers, std::int64_t begin, std::int64_t end) {
        const std::byte* in = static_cast<const std::byte*>(buffers.inputs[0]);
        std::byte* out = static_cast<std::byte*>(buffers.outputs[0]);
        const std::int64_t image = norm.bytes(norm.channels * norm.pixels);
        for (std::int64_t part = begin; part < end; ++part) {
          if (is_plain) {
            norm.run_plain(in, out, part);
          } else {
            norm.run_nhwc(in + part * image, out + part * image, static_cast<float*>(buffers.scratch) + part * numbers);
          }
        }
      });
}

}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// Tested by tests/agree/kernels_ops_test.cpp.
#include "kernels/cpu/convert_layout.h"

#include <algorithm>
#include <cstring>

#include "base/try.h"
#include "kernels/cpu/conv2d_shape.h"
#include "kernels/cpu/loop_kernel.h"
#include "kernels/cpu/refusal.h"

namespace rheo {
namespace {

constexpr std::int64_t kBlock = 16;
constexpr std::int64_t kPartPixels = 64;

// Pixels [first, first + count) of one image of a conversion; places are in elements.
struct Strip {
  const Loops& loops;
  const LayoutConversion& conversion;
  const std::byte* in;  // of the image
  std::byte* out;
  std::int64_t channels, pixels;  // of the image
  std::int64_t first, count;

  const std::byte* source(std::int64_t element) const {
    return in + element * static_cast<std::int64_t>(size_bytes(conversion.from));
  }
  std::byte* target(std::int64_t element) const {
    return out + element * static_cast<std::int64_t>(size_bytes(conversion.to));
  }
  void run(std::int64_t from, std::int64_t to, std::int64_t elements) const {
    loops.convert(source(from), conversion.from, target(to), conversion.to, conversion.scale, elements);
  }
  void run_rows(std::int64_t from, std::int64_t from_stride, std::int64_t to, std::int64_t to_stride, std::int64_t rows,
                std::int64_t columns) const {
    loops.convert_rows(source(from), conversion.from, from_stride, target(to), conversion.to, to_stride,
                       conversion.scale, rows, columns);
  }
  void transpose(std::int64_t from, std::int64_t from_stride, std::int64_t to, std::int64_t to_stride,
                 std::int64_t rows, std::int64_t columns) const {
    loops.convert_transposed(source(from), conversion.from, from_stride, target(to), conversion.to, to_stride,
                             conversion.scale, rows, columns);
  }
};

void between_plain_and_nhwc(const Strip& s) {
  if (s.conversion.source.layout == Layout::plain) {
    return s.transpose(s.first, s.pixels, s.first * s.channels, s.channels, s.channels, s.count);
  }
  s.transpose(s.first * s.channels, s.channels, s.first, s.pixels, s.count, s.channels);
}

void to_blocks(const Strip& s) {
  if (s.channels % kBlock != 0) {
    const std::int64_t last = s.channels / kBlock * kBlock * s.pixels + s.first * kBlock;
    std::memset(s.target(last), 0, static_cast<std::size_t>(kBlock * s.count) * size_bytes(s.conversion.to));
  }
  for (std::int64_t channel = 0; channel < s.channels; channel += kBlock) {
    const std::int64_t count = std::min(kBlock, s.channels - channel);
    const std::int64_t plane = channel * s.pixels;
    if (s.conversion.source.layout == Layout::plain) {
      s.transpose(plane + s.first, s.pixels, plane + s.first * kBlock, kBlock, count, s.count);
    } else {
      s.run_rows(s.first * s.channels + channel, s.channels, plane + s.first * kBlock, kBlock, s.count, count);
    }
  }
}

void from_blocks(const Strip& s) {
  for (std::int64_t channel = 0; channel < s.channels; channel += kBlock) {
    const std::int64_t count = std::min(kBlock, s.channels - channel);
    const std::int64_t plane = channel * s.pixels;
    if (s.conversion.target == Layout::plain) {
      s.transpose(plane + s.first * kBlock, kBlock, plane + s.first, s.pixels, s.count, count);
    } else {
      s.run_rows(plane + s.first * kBlock, kBlock, s.first * s.channels + channel, s.channels, s.count, count);
    }
  }
}

void convert_strip(const Strip& strip) {
  if (strip.conversion.target == Layout::nchw16c) return to_blocks(strip);
  if (strip.conversion.source.layout == Layout::nchw16c) return from_blocks(strip);
  between_plain_and_nhwc(strip);
}

bool keeps_layout(const LayoutConversion& conversion) { return conversion.source.layout == conversion.target; }

std::int64_t strips_of(const Placement& placement) { return (placement.pixels + kPartPixels - 1) / kPartPixels; }

}  // namespace

Placement placement_of(const Shape& shape, Layout layout) {
  if (shape.rank() != 4) return {.images = 1, .channels = 1, .pixels = shape.elements(), .layout = Layout::plain};
  const bool plain = same_bytes(shape, layout, Layout::plain);
  return {shape[0], shape[1], shape[2] * shape[3], plain ? Layout::plain : layout};
}

std::int64_t stored_elements(const Placement& placement) {
  const std::int64_t channels =
      placement.layout == Layout::nchw16c ? (placement.channels + kBlock - 1) / kBlock * kBlock : placement.channels;
  return placement.images * channels * placement.pixels;
}

std::int64_t conversion_parts(const LayoutConversion& conversion) {
  const Placement& source = conversion.source;
  return keeps_layout(conversion) ? parts_of(stored_elements(source)) : source.images * strips_of(source);
}

void convert_layout(const Loops& loops, const LayoutConversion& conversion, const void* in, void* out,
                    std::int64_t begin, std::int64_t end) {
  const Placement& source = conversion.source;
  const std::byte* from = static_cast<const std::byte*>(in);
  std::byte* to = static_cast<std::byte*>(out);
  Strip strip{loops, conversion, from, to, source.channels, source.pixels, 0, 0};
  if (keeps_layout(conversion)) {
    const auto [first, count] = elements_of(begin, end, stored_elements(source));
    if (count > 0) strip.run(first, first, count);
    return;
  }
  Placement target = source;
  target.layout = conversion.target;
  const std::int64_t in_step = stored_elements(source) / std::max<std::int64_t>(source.images, 1);
  const std::int64_t out_step = stored_elements(target) / std::max<std::int64_t>(source.images, 1);
  // Neighbouring parts of one image make one strip.
  while (begin < end) {
    const std::int64_t image = begin / strips_of(source);
    const std::int64_t stop = std::min(end, (image + 1) * strips_of(source));
    const std::int64_t first_strip = image * strips_of(source);
    strip.in = from + image * in_step * static_cast<std::int64_t>(size_bytes(conversion.from));
    strip.out = to + image * out_step * static_cast<std::int64_t>(size_bytes(conversion.to));
    strip.first = (begin - first_strip) * kPartPixels;
    strip.count = std::min((stop - first_strip) * kPartPixels, source.pixels) - strip.first;
    convert_strip(strip);
    begin = stop;
  }
}

Result<std::unique_ptr<Kernel>> make_conversion(const KernelRequest& request, Rescale scale) {
  const Operand& x = request.inputs[0];
  const Operand& y = request.outputs[0];
  if (!is_numeric(x.type->dtype) || !is_numeric(y.type->dtype)) {
    return refuse("No conversion from " + std::string(name_of(x.type->dtype)) + " to " +
                  std::string(name_of(y.type->dtype)) + ".");
  }
  const bool is_shifted = scale.from_zero != 0 || scale.to_zero != 0;
  if (is_shifted && (x.layout == Layout::nchw16c || y.layout == Layout::nchw16c)) {
    return refuse("The channels that pad nchw16c are zeros, which a zero point would move.");
  }
  RHEO_RETURN_IF_ERROR(check_sizes(request));
  LayoutConversion conversion;
  conversion.from = x.type->dtype;
  conversion.to = y.type->dtype;
  conversion.source = placement_of(x.type->shape, x.layout);
  conversion.target = placement_of(y.type->shape, y.layout).layout;
  conversion.scale = scale;
  LoopSettings settings = loop_settings(request);
  settings.parts = conversion_parts(conversion);
  return make_loop_kernel(std::move(settings), [conversion, loops = &loops_for(request.isa)](
                                                   const Buffers& buffers, std::int64_t begin, std::int64_t end) {
    convert_layout(*loops, conversion, buffers.inputs[0], buffers.outputs[0], begin, end);
  });
}

}  // namespace rheo

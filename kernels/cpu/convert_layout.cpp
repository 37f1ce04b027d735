// SPDX-License-Identifier: Apache-2.0
// Tested by tests/agree/kernels_ops_test.cpp.
#include "kernels/cpu/convert_layout.h"

#include <algorithm>
#include <cstring>

#include "kernels/cpu/conv2d_shape.h"
#include "kernels/cpu/loop_kernel.h"
#include "kernels/cpu/refusal.h"

namespace rheo {
namespace {

constexpr std::int64_t kBlock = 16;

// One image of one conversion, with addresses in elements.
struct Image {
  const Loops& loops;
  const LayoutConversion& conversion;
  const std::byte* in;
  std::byte* out;
  std::int64_t channels, pixels;

  const std::byte* source(std::int64_t element) const {
    return in + element * static_cast<std::int64_t>(size_bytes(conversion.from));
  }
  std::byte* target(std::int64_t element) const {
    return out + element * static_cast<std::int64_t>(size_bytes(conversion.to));
  }
  void run(std::int64_t from, std::int64_t to, std::int64_t count) const {
    loops.convert(source(from), conversion.from, target(to), conversion.to, conversion.scale, count);
  }
  void transpose(std::int64_t from, std::int64_t from_stride, std::int64_t to, std::int64_t to_stride,
                 std::int64_t rows, std::int64_t columns) const {
    loops.convert_transposed(source(from), conversion.from, from_stride, target(to), conversion.to, to_stride,
                             conversion.scale, rows, columns);
  }
};

void between_plain_and_nhwc(const Image& image, Layout from) {
  if (from == Layout::plain) return image.transpose(0, image.pixels, 0, image.channels, image.channels, image.pixels);
  image.transpose(0, image.channels, 0, image.pixels, image.pixels, image.channels);
}

void to_blocks(const Image& image, Layout from) {
  if (image.channels % kBlock != 0) {
    const std::int64_t last = image.channels / kBlock * kBlock * image.pixels;
    std::memset(image.target(last), 0,
                static_cast<std::size_t>(kBlock * image.pixels) * size_bytes(image.conversion.to));
  }
  for (std::int64_t channel = 0; channel < image.channels; channel += kBlock) {
    const std::int64_t count = std::min(kBlock, image.channels - channel);
    const std::int64_t block = channel * image.pixels;
    if (from == Layout::plain) {
      image.transpose(channel * image.pixels, image.pixels, block, kBlock, count, image.pixels);
      continue;
    }
    for (std::int64_t pixel = 0; pixel < image.pixels; ++pixel) {
      image.run(pixel * image.channels + channel, block + pixel * kBlock, count);
    }
  }
}

void from_blocks(const Image& image, Layout to) {
  for (std::int64_t channel = 0; channel < image.channels; channel += kBlock) {
    const std::int64_t count = std::min(kBlock, image.channels - channel);
    const std::int64_t block = channel * image.pixels;
    if (to == Layout::plain) {
      image.transpose(block, kBlock, channel * image.pixels, image.pixels, image.pixels, count);
      continue;
    }
    for (std::int64_t pixel = 0; pixel < image.pixels; ++pixel) {
      image.run(block + pixel * kBlock, pixel * image.channels + channel, count);
    }
  }
}

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

void convert_layout(const Loops& loops, const LayoutConversion& conversion, const void* in, void* out) {
  const Placement& source = conversion.source;
  if (source.layout == conversion.target) {
    loops.convert(in, conversion.from, out, conversion.to, conversion.scale, stored_elements(source));
    return;
  }
  Placement target = source;
  target.layout = conversion.target;
  const std::int64_t in_step = stored_elements(source) / std::max<std::int64_t>(source.images, 1);
  const std::int64_t out_step = stored_elements(target) / std::max<std::int64_t>(source.images, 1);
  Image image{loops,           conversion,   static_cast<const std::byte*>(in), static_cast<std::byte*>(out),
              source.channels, source.pixels};
  for (std::int64_t n = 0; n < source.images; ++n) {
    if (conversion.target == Layout::nchw16c) {
      to_blocks(image, source.layout);
    } else if (source.layout == Layout::nchw16c) {
      from_blocks(image, conversion.target);
    } else {
      between_plain_and_nhwc(image, source.layout);
    }
    image.in = image.source(in_step);
    image.out = image.target(out_step);
  }
}

Result<std::unique_ptr<Kernel>> make_conversion(const KernelRequest& request, float scale) {
  const Operand& x = request.inputs[0];
  const Operand& y = request.outputs[0];
  if (!is_numeric(x.type->dtype) || !is_numeric(y.type->dtype)) {
    return refuse("No conversion from " + std::string(name_of(x.type->dtype)) + " to " +
                  std::string(name_of(y.type->dtype)) + ".");
  }
  LayoutConversion conversion;
  conversion.from = x.type->dtype;
  conversion.to = y.type->dtype;
  conversion.source = placement_of(x.type->shape, x.layout);
  conversion.target = placement_of(y.type->shape, y.layout).layout;
  conversion.scale = scale;
  return make_loop_kernel({.implementation = loops_name(request.isa)},
                          [conversion, loops = &loops_for(request.isa)](const Buffers& buffers) {
                            convert_layout(*loops, conversion, buffers.inputs[0], buffers.outputs[0]);
                          });
}

}  // namespace rheo

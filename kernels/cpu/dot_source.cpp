// SPDX-License-Identifier: Apache-2.0
// Tested by tests/agree/kernels_conv2d_test.cpp.
#include "kernels/cpu/dot_source.h"

#include <cstring>

#include "kernels/cpu/share.h"

namespace rheo {
namespace {

constexpr std::int64_t kStepBytes = 4;
constexpr std::int64_t kReadAhead = 64;  // the last step may read past the last element

}  // namespace

DotSource::DotSource(const Conv2dRequest& read, const Segments& segments, const DotLoops& dot, Layout x_layout,
                     const Loops& loops)
    : shape_(read.shape), loops_(&loops), x_(read.x), element_(dot.element), x_layout_(x_layout) {
  const Conv2dShape& shape = shape_;
  const bool same_type = dot.reads(x_);
  shifts_ = element_ == DotElement::u8 && x_ == DType::i8;
  if (element_ == DotElement::u8) {
    padding_ = unsigned_zero_point(read);
  } else {
    subtracted_ = read.x_zero_point;
  }
  copies_ = shape.has_padding() || !same_type || x_layout != Layout::nhwc || segments.elements % dot.step != 0;
  element_bytes_ = dot.element_bytes();
  padded_height_ = shape.pad_top + shape.in_height + shape.pad_bottom;
  padded_width_ = shape.pad_left + shape.in_width + shape.pad_right;
  if (segments.elements % dot.step != 0) gap_bytes_ = kStepBytes;
}

std::size_t DotSource::scratch_bytes() const {
  return copies_ ? static_cast<std::size_t>(shape_.batch * image_bytes() + kReadAhead) : 0;
}

std::vector<std::ptrdiff_t> DotSource::segment_offsets(const Segments& segments) const {
  std::vector<std::ptrdiff_t> offsets;
  const std::int64_t columns = segments.whole_rows ? 1 : shape_.kernel_width;
  for (std::int64_t y = 0; y < shape_.kernel_height; ++y) {
    for (std::int64_t x = 0; x < columns; ++x) {
      offsets.push_back(y * shape_.dilation_height * row_bytes() +
                        x * shape_.dilation_width * shape_.in_channels * element_bytes_);
    }
  }
  return offsets;
}

void DotSource::copy(const std::byte* x, std::byte* to, ThreadPool* pool) const {
  const std::int64_t rows = shape_.batch * padded_height_;
  std::memset(to + shape_.batch * image_bytes(), 0, kReadAhead);
  const int chunks = pool == nullptr || rows * row_bytes() < kWorthSharing ? 1 : chunks_for(pool->threads());
  share(pool, chunks, rows, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t line = begin; line < end; ++line) {
      const std::int64_t image = line / padded_height_;
      const std::int64_t row = line % padded_height_;
      std::byte* place = to + image * image_bytes() + row * row_bytes();
      copy_row(x + image * picture_bytes(), row, place);
      if (row == padded_height_ - 1) std::memset(place + row_bytes(), 0, static_cast<std::size_t>(gap_bytes_));
    }
  });
}

std::size_t DotSource::strip_bytes(std::int64_t rows) const {
  return static_cast<std::size_t>(rows * row_bytes() + gap_bytes_ + kReadAhead);
}

void DotSource::copy_strip(const std::byte* x, RowRange rows, std::byte* to) const {
  for (std::int64_t row = rows.begin; row < rows.end; ++row) copy_row(x, row, to + (row - rows.begin) * row_bytes());
  std::memset(to + rows.count() * row_bytes(), 0, static_cast<std::size_t>(gap_bytes_ + kReadAhead));
}

void DotSource::copy(const std::byte* x, std::byte* to, ThreadPool* pool, int zero_point) const {
  DotSource found = *this;
  if (element_ == DotElement::u8) {
    found.padding_ = zero_point;
  } else {
    found.subtracted_ = zero_point;
  }
  found.copy(x, to, pool);
}

void DotSource::copy_row(const std::byte* x, std::int64_t row, std::byte* to) const {
  const int nothing = padding_;
  const std::int64_t y = row - shape_.pad_top;
  if (y < 0 || y >= shape_.in_height) {
    std::memset(to, nothing, static_cast<std::size_t>(row_bytes()));
    return;
  }
  const std::int64_t pixel_bytes = shape_.in_channels * element_bytes_;
  std::memset(to, nothing, static_cast<std::size_t>(shape_.pad_left * pixel_bytes));
  std::memset(to + (shape_.pad_left + shape_.in_width) * pixel_bytes, nothing,
              static_cast<std::size_t>(shape_.pad_right * pixel_bytes));
  std::byte* inner = to + shape_.pad_left * pixel_bytes;
  const std::int64_t x_bytes = static_cast<std::int64_t>(size_bytes(x_));
  const std::int64_t count = shape_.in_width * shape_.in_channels;
  const bool widens = element_ == DotElement::i16;
  const bool is_dense = x_layout_ == Layout::nhwc;
  const std::byte* line = is_dense ? x + y * count * x_bytes : x + y * shape_.in_width * x_bytes;
  if (widens && is_dense) return loops_->widen(line, x_, subtracted_, reinterpret_cast<std::int16_t*>(inner), count);
  const DType to_dtype = element_ == DotElement::f32 ? DType::f32 : x_;
  const Rescale moved(1.0F, widens ? 0 : subtracted_);
  if (is_dense) {
    loops_->convert(line, x_, inner, to_dtype, moved, count);
  } else {
    // Bytes that are widened next lie in the second half of their place.
    std::byte* pixels = widens ? inner + count : inner;
    const std::int64_t plane = shape_.in_height * shape_.in_width;
    loops_->convert_transposed(line, x_, plane, pixels, to_dtype, shape_.in_channels, moved, shape_.in_channels,
                               shape_.in_width);
    if (widens) loops_->widen(pixels, x_, subtracted_, reinterpret_cast<std::int16_t*>(inner), count);
  }
  if (shifts_) loops_->add_128(inner, count);
}

void DotSource::locate(const std::byte* source, std::int64_t group, const DotRegion& region, std::int64_t first,
                       TileCall& call) const {
  const std::int64_t pixel_bytes = shape_.in_channels * element_bytes_;
  const std::byte* origin =
      source + group * (shape_.in_channels / shape_.groups) * element_bytes_ + region.first_step * kStepBytes;
  std::int64_t column = first % region.width;
  std::int64_t line = first / region.width % region.height;
  std::int64_t image = first / region.width / region.height;
  for (int p = 0; p < call.pixel_count; ++p) {
    const std::int64_t y = region.top + line;
    const std::int64_t x = region.left + column;
    call.outputs[p] = (image * shape_.out_height + y) * shape_.out_width + x;
    call.pixels[p] =
        origin + image * image_bytes() + y * shape_.stride_height * row_bytes() + x * shape_.stride_width * pixel_bytes;
    if (++column < region.width) continue;
    column = 0;
    if (++line < region.height) continue;
    line = 0;
    ++image;
  }
}

}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// Where the left side of a convolution is read from: the input itself, or a padded copy of it in nhwc.
//
// The copy holds the borders, so the loops know no edge cases, and changes the element type and layout on the way. It
// costs about 2 % of a 3 x 3 convolution. Without padding and with matching types the input is read where it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/thread_pool.h"
#include "kernels/cpu/dot_pack.h"
#include "kernels/cpu/dot_regions.h"

namespace rheo {

class DotSource {
 public:
  DotSource() = default;
  DotSource(const Conv2dRequest& read, const Segments& segments, const DotLoops& dot, Layout x_layout,
            const Loops& loops);

  bool copies() const { return copies_; }
  std::size_t scratch_bytes() const;
  // Where each segment starts, in bytes from the first element of the window.
  std::vector<std::ptrdiff_t> segment_offsets(const Segments& segments) const;
  // x: the input in its own layout; to: scratch_bytes() bytes.
  void copy(const std::byte* x, std::byte* to, ThreadPool* pool) const;
  // The same of u8 whose zero point is known only now.
  void copy(const std::byte* x, std::byte* to, ThreadPool* pool, int zero_point) const;
  // Of one picture, which begins at x, padded rows alone; to: strip_bytes of as many.
  void copy_strip(const std::byte* x, RowRange rows, std::byte* to) const;
  std::size_t strip_bytes(std::int64_t rows) const;
  // True where x lies in planes, as hosts give pictures.
  bool reads_planes() const { return x_layout_ == Layout::plain; }
  // Sets call.pixels and call.outputs for call.pixel_count pixels of the region (all images) from `first` on.
  void locate(const std::byte* source, std::int64_t group, const DotRegion& region, std::int64_t first,
              TileCall& call) const;

 private:
  // One row of a padded picture; x: where the picture begins.
  void copy_row(const std::byte* x, std::int64_t row, std::byte* to) const;
  std::int64_t picture_bytes() const {
    return shape_.in_height * shape_.in_width * shape_.in_channels * static_cast<std::int64_t>(size_bytes(x_));
  }
  std::int64_t row_bytes() const { return padded_width_ * shape_.in_channels * element_bytes_; }
  std::int64_t image_bytes() const { return padded_height_ * row_bytes() + gap_bytes_; }

  Conv2dShape shape_;
  const Loops* loops_ = nullptr;
  DType x_ = DType::f32;
  DotElement element_ = DotElement::f32;
  Layout x_layout_ = Layout::nhwc;
  bool copies_ = false;
  bool shifts_ = false;  // i8 becomes u8 by adding 128
  int padding_ = 0;      // of the copy, every byte of it
  int subtracted_ = 0;   // from x, where the copy is not 8-bit
  std::int64_t element_bytes_ = 4;
  std::int64_t padded_height_ = 1, padded_width_ = 1;
  std::int64_t gap_bytes_ = 0;  // zeros after each image of the copy, where its last step would read the next image
};

}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// How weights are packed and pixels grouped: tests kernels/cpu/dot_pack.cpp, dot_regions.cpp and bands.cpp. What comes
// out of them is tested by tests/agree.
#include <gtest/gtest.h>

#include "kernels/cpu/bands.h"
#include "kernels/cpu/dot_regions.h"

namespace rheo {
namespace {

Conv2dShape padded_3x3(std::int64_t channels, std::int64_t size) {
  Conv2dShape shape;
  shape.in_channels = shape.out_channels = channels;
  shape.in_height = shape.in_width = shape.out_height = shape.out_width = size;
  shape.kernel_height = shape.kernel_width = 3;
  shape.pad_top = shape.pad_left = shape.pad_bottom = shape.pad_right = 1;
  return shape;
}

constexpr DotLoops kLoops = {.element = DotElement::u8, .step = 4, .tile_pixels = 6, .block_channels = 64};

TEST(Bands, SplitWhereTheKernelLeavesThePicture) {
  const std::vector<Band> bands = row_bands(padded_3x3(4, 7));
  ASSERT_EQ(bands.size(), 3U);
  EXPECT_EQ(bands[0].count, 1);
  EXPECT_EQ(bands[0].first, 1);
  EXPECT_EQ(bands[1].count, 5);
  EXPECT_EQ(bands[1].end - bands[1].first, 3);
  EXPECT_EQ(bands[2].start, 6);
  EXPECT_EQ(bands[2].end, 2);
}

// What bands_of says in closed form, counted one kernel position at a time.
TEST(Bands, AreWhatCountingGives) {
  for (std::int64_t kernel : {1, 2, 3, 5, 9}) {
    for (std::int64_t stride : {1, 2, 3}) {
      for (std::int64_t pad : {0, 1, 2, 4}) {
        for (std::int64_t dilation : {1, 2, 5}) {
          Conv2dShape shape;
          shape.in_height = 7;
          shape.kernel_height = kernel;
          shape.stride_height = stride;
          shape.pad_top = shape.pad_bottom = pad;
          shape.dilation_height = dilation;
          const std::int64_t room = 7 + 2 * pad - (kernel - 1) * dilation - 1;
          if (room < 0) continue;
          shape.out_height = room / stride + 1;
          std::int64_t next = 0;
          for (const Band& band : row_bands(shape)) {
            EXPECT_EQ(band.start, next);
            next += band.count;
            for (std::int64_t y = band.start; y < next; ++y) {
              for (std::int64_t k = 0; k < kernel; ++k) {
                const std::int64_t at = y * stride - pad + k * dilation;
                EXPECT_EQ(at >= 0 && at < 7, k >= band.first && k < band.end)
                    << kernel << " " << stride << " " << pad << " " << dilation << " " << y << " " << k;
              }
            }
          }
          EXPECT_EQ(next, shape.out_height);
        }
      }
    }
  }
}

// Counting would take 10^18 steps.
TEST(Bands, OfAHugePictureAndKernelTakeNoTime) {
  Conv2dShape shape;
  shape.in_height = std::int64_t{1} << 40;
  shape.kernel_height = std::int64_t{1} << 20;
  shape.out_height = shape.in_height - shape.kernel_height + 1;
  const std::vector<Band> bands = row_bands(shape);
  ASSERT_EQ(bands.size(), 1U);
  EXPECT_EQ(bands[0].count, shape.out_height);
  EXPECT_EQ(bands[0].end, shape.kernel_height);
}

TEST(Segments, JoinTheColumnsOfAKernelRow) {
  EXPECT_EQ(segments_of(padded_3x3(64, 7), 4).count, 3);
  EXPECT_EQ(segments_of(padded_3x3(64, 7), 4).steps, 48);
  Conv2dShape dilated = padded_3x3(64, 7);
  dilated.dilation_width = 2;
  EXPECT_EQ(segments_of(dilated, 4).count, 9);
  EXPECT_EQ(segments_of(dilated, 4).steps, 16);
}

TEST(DotRegions, CoverEveryPixelOnceAndSkipThePadding) {
  const Conv2dShape shape = padded_3x3(64, 7);
  const Segments segments = segments_of(shape, 4);
  std::vector<int> covered(49);
  std::int64_t products = 0;
  for (const DotRegion& region : dot_regions(shape, segments, kLoops)) {
    products += region.height * region.width * region.segments * region.steps;
    for (std::int64_t y = region.top; y < region.top + region.height; ++y) {
      for (std::int64_t x = region.left; x < region.left + region.width; ++x) {
        ++covered[static_cast<std::size_t>(y * 7 + x)];
      }
    }
  }
  EXPECT_EQ(covered, std::vector<int>(49, 1));
  EXPECT_LT(products, 49 * 3 * 48 * 85 / 100);
}

TEST(DotRegions, StayWholeWhereSkippingGainsLittle) {
  const Conv2dShape shape = padded_3x3(64, 112);
  EXPECT_EQ(dot_regions(shape, segments_of(shape, 4), kLoops).size(), 1U);
}

TEST(DotPack, IsSharedBetweenRequests) {
  Conv2dRequest request;
  request.shape = padded_3x3(4, 7);
  request.weights = DType::f32;
  const Tensor weights = Tensor::zeros(DType::f32, {4, 4, 3, 3}).value();
  request.weights_tensor = &weights;
  WeightStore store;
  const DotLoops& loops = loops_for(Isa::portable).dot_f32;
  const auto first = dot_pack(request, loops, store).value();
  request.shape.batch = 8;
  EXPECT_EQ(dot_pack(request, loops, store).value(), first);
  EXPECT_EQ(store.size_bytes(), 3U * 12 * 16 * 4);
}

}  // namespace
}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// Depthwise sums of 8-bit values, 64 channels at a time. Four neighbouring columns of a row are interleaved, so that
// one instruction multiplies four taps of a channel; weights are packed once for every way a kernel may lie over such a
// quad.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/cpu/finish.h"

namespace rheo {

inline constexpr int kDepthwiseBlock = 64;  // channels
inline constexpr int kMostDepthwiseColumns = 8;
inline constexpr int kMostDepthwiseRows = 5;
inline constexpr int kMostDepthwiseOutputs = 4;
inline constexpr int kMostDepthwiseVariants = 8;

// How a tile of neighbouring outputs is computed for one kernel size and stride.
struct DepthwisePattern {
  int kernel = 0, stride = 0;
  int outputs = 0;   // side by side
  int columns = 0;   // of the input that they read, those with zero weights included
  int variants = 0;  // of the weights of one row
  // Kernel column that falls on the first column of the quad, by variant; the three after it follow.
  int first_tap[kMostDepthwiseVariants] = {};
};
// Null: no pattern for this size.
const DepthwisePattern* depthwise_pattern(std::int64_t kernel_height, std::int64_t kernel_width, std::int64_t stride);

// One tile of one block of channels.
struct DepthwiseBytesCall {
  const std::byte* pixels[kMostDepthwiseRows][kMostDepthwiseColumns] = {};  // channel 0 of the block
  std::byte* outputs[kMostDepthwiseOutputs] = {};                           // channel 0 of the block
  int output_count = 0;                                                     // that are stored
  int channels = 0;                                                         // 1..kDepthwiseBlock
  const std::byte* weights = nullptr;  // [row][variant][64 channels][4 taps], channels in lane order
  const float* scale = nullptr;        // of 64 channels in lane order, as Finish::byte_scale
  const float* bias = nullptr;
};

// Channel of a block at place `index` of what holds one number per channel "in lane order".
constexpr int lane_channel(int index) { return index % 16 / 4 * 16 + index / 16 * 4 + index % 4; }

// sum[c] = sum over rows and taps of pixels (u8) * weights (i8), then as Finish says of bytes. Needs Isa::avx512_vnni.
void depthwise_bytes(const DepthwisePattern& pattern, const DepthwiseBytesCall& call, const Finish& finish);

}  // namespace rheo

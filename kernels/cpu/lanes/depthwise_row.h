// SPDX-License-Identifier: Apache-2.0
// Depthwise sums several taps at a time: neighbouring columns of a row are interleaved, four of u8 or two of bf16, so
// that one instruction multiplies that many taps of a channel. Weights are packed once for every way a kernel may lie
// over such a group of columns.
#pragma once

#include <cstddef>
#include <cstdint>

#include <rheo/tensor.h>

namespace rheo {

inline constexpr int kMostDepthwiseRows = 5;
inline constexpr int kMostDepthwiseVariants = 8;

// How a tile of neighbouring outputs is computed for one kernel size and stride.
struct DepthwisePattern {
  int kernel = 0, stride = 0;
  int taps = 0;      // of one group of columns
  int block = 0;     // channels at a time: 64 of u8, 32 of bf16
  int outputs = 0;   // side by side
  int columns = 0;   // of the input that they read, those with zero weights included
  int variants = 0;  // of the weights of one row
  // Kernel column that falls on the first column of the group, by variant; those after it follow.
  int first_tap[kMostDepthwiseVariants] = {};
};

// One row of outputs of one block of channels.
struct DepthwiseRowCall {
  const std::byte* rows[kMostDepthwiseRows] = {};  // of the input, channel 0 of the block; a row outside of the picture
                                                   // is one that stands for zeros
  const std::byte* outside = nullptr;              // a pixel that stands for zeros
  std::int64_t in_width = 0, in_pixel_bytes = 0;   // pixels of a row, from one to the next
  std::int64_t pad_left = 0;
  std::byte* output = nullptr;  // channel 0 of the block
  std::int64_t out_width = 0, out_pixel_bytes = 0;
  int channels = 0;                    // 1..block
  const std::byte* weights = nullptr;  // [row][variant][channel in lane order][tap]
  // In lane order. u8: result = sum * scale + bias in steps, zero point included. bf16: sum + bias.
  const float* scale = nullptr;
  const float* bias = nullptr;
  float low = 0, high = 0;          // bounds of the result
  bool is_bounded_by_type = false;  // of u8: see Finish
  DType output_dtype = DType::u8;
};

// Channel of a block at place `index` of what holds one number per channel "in lane order".
constexpr int lane_channel(int index, int block) { return index % 16 / 4 * (block / 4) + index / 16 * 4 + index % 4; }

struct DepthwiseRows {
  DepthwisePattern pattern;
  void (*run)(const DepthwiseRowCall& call) = nullptr;
};
// For square kernels; null: no pattern for this size.
const DepthwiseRows* depthwise_u8(std::int64_t kernel, std::int64_t stride);    // needs Isa::avx512_vnni
const DepthwiseRows* depthwise_bf16(std::int64_t kernel, std::int64_t stride);  // needs Isa::avx512_vnni_bf16

}  // namespace rheo

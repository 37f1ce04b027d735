// SPDX-License-Identifier: Apache-2.0
// An attention request read once, and how the keys and values of one head are packed for the products of
// lanes/tile.h. Made with the kernel, const and shared.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include <rheo/status.h>

#include "kernels/cpu/lanes/loops.h"
#include "kernels/kernel.h"
#include "op/attention.h"

namespace rheo {

// Strides of the mask in elements, 0 where it is stretched.
struct MaskStrides {
  std::int64_t batch = 0, head = 0, row = 0, column = 0;
};

struct AttentionPlan {
  static constexpr std::int64_t kRows = 24;   // of q, computed together: whole tiles of every instruction set
  static constexpr std::int64_t kKeys = 256;  // in a block: with kRows their scores stay in the first caches

  DType dtype = DType::f32;
  std::int64_t heads = 1, all_heads = 1;  // of one item, of the batch
  std::int64_t queries = 1, keys = 1, depth = 1, out_depth = 1;
  AttentionSettings settings;
  bool has_mask = false, mask_is_bool = false;
  MaskStrides mask;
  const Loops* loops = nullptr;
  DotLoops dot;                            // multiplies f32, or bf16 where it can
  std::vector<float> scales, ones, zeros;  // for every column of a product, and 16 more
  std::int64_t chunks = 1;

  static Result<AttentionPlan> read(const KernelRequest& request);

  static std::int64_t whole_vectors(std::int64_t count) { return (count + 15) / 16 * 16; }
  std::int64_t row_blocks() const { return (queries + kRows - 1) / kRows; }
  std::int64_t bytes(std::int64_t elements) const { return elements * static_cast<std::int64_t>(size_bytes(dtype)); }
  // Steps of the products over this many elements.
  std::int64_t steps(std::int64_t elements) const { return (elements + dot.step - 1) / dot.step; }
  std::int64_t sums_stride() const { return whole_vectors(out_depth); }
  // Values that lie as a pack of one block would are read where they are.
  bool packs_values() const { return dtype != DType::f32 || out_depth % 16 != 0 || out_depth > dot.block_channels; }

  // Room in numbers of f32: one step of one column takes as much, whatever its type.
  std::int64_t keys_room() const { return steps(depth) * whole_vectors(keys); }
  std::int64_t values_room() const { return packs_values() ? steps(keys) * sums_stride() : 0; }

  // keys: the keys of `head` in blocks of dot.block_channels, as dot_pack.h has output channels.
  void pack_keys(const void* k, std::int64_t head, float* keys) const;
  // values: the values of `head` in blocks of dot.block_channels columns, keys being the steps.
  void pack_values(const void* v, std::int64_t head, float* values) const;
};

}  // namespace rheo

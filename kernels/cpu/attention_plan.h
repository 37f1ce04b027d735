// SPDX-License-Identifier: Apache-2.0
// An attention request read once, and how the keys and values of one head are packed for the products of
// lanes/tile.h. Made with the kernel, const and shared.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
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

  DType q = DType::f32, k = DType::f32, v = DType::f32, y = DType::f32;
  int q_zero = 0, k_zero = 0, v_zero = 0, y_zero = 0;  // zero points
  std::int64_t heads = 1, all_heads = 1;               // of one item, of the batch
  std::int64_t queries = 1, keys = 1, depth = 1, out_depth = 1;
  AttentionPlaces places;
  AttentionSettings settings;
  bool has_mask = false, mask_is_bool = false;
  MaskStrides mask;
  const Loops* loops = nullptr;
  DotLoops score_dot;                      // multiplies f32, or bf16 or 8-bit where it can
  DotLoops value_dot;                      // multiplies f32, or bf16 where it can
  float y_factor = 1;                      // of a sum of values over all its weights
  std::vector<float> scales, ones, zeros;  // for every column of a product, and 16 more
  std::int64_t chunks = 1;

  static Result<AttentionPlan> read(const KernelRequest& request);

  static std::int64_t whole_vectors(std::int64_t count) { return (count + 15) / 16 * 16; }
  // "own:avx512_vnni_bf16" where both kinds of products serve.
  std::string implementation() const;
  std::int64_t row_blocks() const { return (queries + kRows - 1) / kRows; }
  static std::int64_t bytes(std::int64_t elements, DType dtype) {
    return elements * static_cast<std::int64_t>(size_bytes(dtype));
  }
  // A row of an operand, `head` counted over the batch.
  const std::byte* row_of(const void* from, DType dtype, const HeadPlaces& where, std::int64_t head,
                          std::int64_t row) const {
    return static_cast<const std::byte*>(from) + bytes(where.of(head / heads, head % heads, row), dtype);
  }
  // Steps of the products over this many elements.
  std::int64_t score_steps() const { return (depth + score_dot.step - 1) / score_dot.step; }
  std::int64_t value_steps(std::int64_t elements) const { return (elements + value_dot.step - 1) / value_dot.step; }
  std::int64_t sums_stride() const { return whole_vectors(out_depth); }
  bool scores_bytes() const { return score_dot.element == DotElement::u8; }
  // What the products cannot read where it is.
  bool copies_queries() const { return !score_dot.reads(q) || depth % score_dot.step != 0; }
  // Values that lie as a pack of one block would are read where they are.
  bool packs_values() const {
    return v != DType::f32 || out_depth % 16 != 0 || out_depth > value_dot.block_channels || places.v.row != out_depth;
  }
  // The same for all queries, so that it can be the bias of the scores.
  bool adds_mask_row() const { return has_mask && mask.row == 0; }

  // Room in numbers of f32: one step of one column takes as much, whatever its type.
  std::int64_t queries_room() const { return copies_queries() ? whole_vectors(kRows * score_steps()) : 0; }
  std::int64_t keys_room() const { return score_steps() * whole_vectors(keys); }
  std::int64_t starts_room() const { return scores_bytes() ? whole_vectors(keys) : 0; }
  std::int64_t values_room() const { return packs_values() ? value_steps(keys) * sums_stride() : 0; }
  std::int64_t mask_room() const { return adds_mask_row() ? whole_vectors(keys) : 0; }

  // `rows` rows of q, from row `first` of `head` on, as the products read them, query_bytes() apart; perhaps in `to`.
  const std::byte* read_queries(const void* q, std::int64_t head, std::int64_t first, std::int64_t rows,
                                float* to) const;
  std::int64_t query_bytes() const {
    return (copies_queries() ? score_steps() * score_dot.step : places.q.row) * score_dot.element_bytes();
  }
  // keys: the keys of `head` in blocks of score_dot.block_channels, as dot_pack.h has output channels; starts: the
  // first values of sums of 8-bit products.
  void pack_keys(const void* k, std::int64_t head, float* keys, std::int32_t* starts) const;
  // values: the values of `head` in blocks of value_dot.block_channels columns, keys being the steps.
  void pack_values(const void* v, std::int64_t head, float* values) const;
  // row: the mask of `head` as numbers that are added to the scores.
  void read_mask_row(const void* mask, std::int64_t head, float* row) const;
  // Where the mask of a head begins, in elements.
  std::int64_t mask_of(std::int64_t head) const { return head / heads * mask.batch + head % heads * mask.head; }

 private:
  void read_types(const KernelRequest& request);
  void choose_products(Isa isa);
};

}  // namespace rheo

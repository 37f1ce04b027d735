// SPDX-License-Identifier: Apache-2.0
// attention: softmax(scale * q k^T + mask) v, one block of keys after the other, so that the scores of a few rows of q
// are all that is ever stored. f32 and bf16, plain; scores and sums are f32. Threads take blocks of rows of all heads.
// Limit: what is not finite in v may reach queries of the same block that do not see it.
// Tested by tests/agree/kernels_attention_test.cpp.
#include <algorithm>
#include <limits>

#include "base/try.h"
#include "kernels/cpu/attention_plan.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/loop_kernel.h"

namespace rheo {
namespace {

// The memory of one chunk, and the head that lies in it.
class AttentionChunk {
 public:
  AttentionChunk(const AttentionPlan& plan, const Buffers& buffers, std::int64_t chunk)
      : plan_(plan), buffers_(buffers), keys_(static_cast<float*>(buffers.scratch) + chunk * room(plan)) {
    values_ = keys_ + plan.keys_room();
    queries_ = values_ + plan.values_room();
    scores_ = queries_ + queries_room(plan);
    weights_ = scores_ + kScoresRoom;
    sums_ = weights_ + kScoresRoom;
    largest_ = sums_ + AttentionPlan::kRows * plan.sums_stride();
    total_ = largest_ + AttentionPlan::whole_vectors(AttentionPlan::kRows);
  }

  // In numbers of f32.
  static std::int64_t room(const AttentionPlan& plan) {
    return plan.keys_room() + plan.values_room() + queries_room(plan) + 2 * kScoresRoom +
           AttentionPlan::kRows * plan.sums_stride() + 2 * AttentionPlan::whole_vectors(AttentionPlan::kRows);
  }

  // Blocks of rows [begin, end), counted over all heads.
  void run(std::int64_t begin, std::int64_t end) {
    for (std::int64_t block = begin; block < end; ++block) {
      const std::int64_t head = block / plan_.row_blocks();
      if (block == begin || block % plan_.row_blocks() == 0) {
        plan_.pack_keys(buffers_.inputs[1], head, keys_);
        if (plan_.packs_values()) plan_.pack_values(buffers_.inputs[2], head, values_);
      }
      run_rows(head, block % plan_.row_blocks() * AttentionPlan::kRows);
    }
  }

 private:
  static constexpr std::int64_t kScoresRoom = AttentionPlan::kRows * AttentionPlan::kKeys;

  static std::int64_t queries_room(const AttentionPlan& plan) {
    return plan.dtype == plan.dot.element ? 0 : AttentionPlan::whole_vectors(AttentionPlan::kRows * plan.depth);
  }
  std::int64_t element_bytes() const { return static_cast<std::int64_t>(size_bytes(plan_.dot.element)); }

  // From row to row of the scores of keys from `first` on: a whole block, however much of it is seen.
  std::int64_t scores_stride(std::int64_t first) const {
    return AttentionPlan::whole_vectors(std::min(AttentionPlan::kKeys, plan_.keys - first));
  }

  void run_rows(std::int64_t head, std::int64_t row) {
    const std::int64_t rows = std::min(AttentionPlan::kRows, plan_.queries - row);
    const std::byte* q =
        static_cast<const std::byte*>(buffers_.inputs[0]) + plan_.bytes((head * plan_.queries + row) * plan_.depth);
    if (plan_.dtype != plan_.dot.element) {
      plan_.loops->convert(q, plan_.dtype, queries_, plan_.dot.element, 1.0F, rows * plan_.depth);
      q = reinterpret_cast<const std::byte*>(queries_);
    }
    std::fill(largest_, largest_ + rows, -std::numeric_limits<float>::infinity());
    std::fill(total_, total_ + rows, 0.0F);
    const std::int64_t seen = plan_.settings.is_causal ? std::min(plan_.keys, row + rows) : plan_.keys;
    for (std::int64_t first = 0; first < seen; first += AttentionPlan::kKeys) {
      const std::int64_t count = std::min(AttentionPlan::kKeys, seen - first);
      score(q, rows, first, count);
      attend(head, row, rows, first, count);
      add_values(head, rows, first, count);
    }
    std::byte* y =
        static_cast<std::byte*>(buffers_.outputs[0]) + plan_.bytes((head * plan_.queries + row) * plan_.out_depth);
    for (std::int64_t i = 0; i < rows; ++i) {
      // Only a query that sees nothing has no weights.
      const float factor = total_[i] == 0 ? 0.0F : 1.0F / total_[i];
      plan_.loops->convert(sums_ + i * plan_.sums_stride(), DType::f32, y + plan_.bytes(i * plan_.out_depth),
                           plan_.dtype, factor, plan_.out_depth);
    }
  }

  // The products of `rows` rows of `elements` elements, `row_bytes` apart, with one block of packed columns.
  void multiply(const std::byte* left, std::int64_t row_bytes, std::int64_t rows, std::int64_t elements,
                const float* packed, const Finish& finish, TileCall& call) const {
    static constexpr std::ptrdiff_t kNoOffset = 0;
    call.weights = reinterpret_cast<const std::byte*>(packed);
    call.segment_offsets = &kNoOffset;
    call.segments = 1;
    call.steps = static_cast<int>(plan_.steps(elements));
    for (std::int64_t row = 0; row < rows; row += call.pixel_count) {
      call.pixel_count = static_cast<int>(std::min<std::int64_t>(plan_.dot.tile_pixels, rows - row));
      for (int p = 0; p < call.pixel_count; ++p) {
        call.pixels[p] = left + (row + p) * row_bytes;
        call.outputs[p] = row + p;
      }
      plan_.dot.tile(call, finish);
    }
  }

  // scores = scale * q k^T for keys [first, first + count).
  void score(const std::byte* q, std::int64_t rows, std::int64_t first, std::int64_t count) const {
    Finish finish;
    finish.scale = plan_.scales.data();
    finish.bias = plan_.zeros.data();
    finish.output = scores_;
    TileCall call;
    call.channel_stride = scores_stride(first);
    for (std::int64_t block = 0; block < count; block += plan_.dot.block_channels) {
      // As many columns as were packed, though fewer may be seen: their number says how far steps lie apart.
      call.first_channel = block;
      call.channels = static_cast<int>(std::min<std::int64_t>(plan_.dot.block_channels, plan_.keys - first - block));
      multiply(q, plan_.depth * element_bytes(), rows, plan_.depth, keys_ + (first + block) * plan_.steps(plan_.depth),
               finish, call);
    }
  }

  // weights: what the scores are worth, relative to the largest so far.
  void attend(std::int64_t head, std::int64_t row, std::int64_t rows, std::int64_t first, std::int64_t count) const {
    AttendCall call;
    call.scores = scores_;
    call.rows = rows;
    call.columns = count;
    call.stride = scores_stride(first);
    if (plan_.has_mask) {
      const MaskStrides& mask = plan_.mask;
      const std::int64_t at =
          head / plan_.heads * mask.batch + head % plan_.heads * mask.head + row * mask.row + first * mask.column;
      const std::int64_t mask_bytes = plan_.mask_is_bool ? 1 : static_cast<std::int64_t>(sizeof(float));
      call.mask = static_cast<const std::byte*>(buffers_.inputs[kMaskInput]) + at * mask_bytes;
      call.mask_is_bool = plan_.mask_is_bool;
      call.mask_row = mask.row;
      call.mask_column = mask.column;
    }
    call.is_causal = plan_.settings.is_causal;
    call.diagonal = row - first;
    call.largest = largest_;
    call.total = total_;
    call.sums = first == 0 ? nullptr : sums_;
    call.sums_stride = plan_.sums_stride();
    if (plan_.dot.element == DType::bf16) return attend_bf16(call, weights_);
    plan_.loops->attend(call);
  }

  // sums += weights * v.
  void add_values(std::int64_t head, std::int64_t rows, std::int64_t first, std::int64_t count) const {
    const float* values = plan_.packs_values()
                              ? values_
                              : static_cast<const float*>(buffers_.inputs[2]) + head * plan_.keys * plan_.out_depth;
    const float* weights = plan_.dot.element == DType::f32 ? scores_ : weights_;
    Finish finish;
    finish.scale = plan_.ones.data();
    finish.bias = plan_.zeros.data();
    finish.residual = first == 0 ? nullptr : sums_;
    finish.output = sums_;
    TileCall call;
    call.channel_stride = plan_.sums_stride();
    for (std::int64_t block = 0; block < plan_.out_depth; block += plan_.dot.block_channels) {
      call.first_channel = block;
      call.channels = static_cast<int>(std::min<std::int64_t>(plan_.dot.block_channels, plan_.out_depth - block));
      const std::int64_t lanes = AttentionPlan::whole_vectors(call.channels);
      multiply(reinterpret_cast<const std::byte*>(weights), scores_stride(first) * element_bytes(), rows, count,
               values + block * plan_.steps(plan_.keys) + first / plan_.dot.step * lanes, finish, call);
    }
  }

  const AttentionPlan& plan_;
  const Buffers& buffers_;
  float* keys_;     // packed
  float* values_;   // packed, unless they are read where they are
  float* queries_;  // [rows][depth], unless they are read where they are
  float* scores_;   // [rows][keys of a block, whole vectors], then weights
  float* weights_;  // the same in bf16
  float* sums_;     // [rows][sums_stride]
  float* largest_;  // [rows]
  float* total_;    // [rows]
};

}  // namespace

Result<std::unique_ptr<Kernel>> make_own_attention(const KernelRequest& request) {
  if (request.outputs[0].type->shape.elements() == 0) return make_empty_kernel();
  RHEO_ASSIGN_OR_RETURN(AttentionPlan plan, AttentionPlan::read(request));
  LoopSettings settings = loop_settings(request);
  settings.implementation = plan.dot.name;
  settings.parts = plan.chunks;
  settings.scratch_bytes = static_cast<std::size_t>(plan.chunks * AttentionChunk::room(plan)) * sizeof(float);
  return make_loop_kernel(
      std::move(settings), [plan = std::move(plan)](const Buffers& buffers, std::int64_t begin, std::int64_t end) {
        const std::int64_t blocks = plan.all_heads * plan.row_blocks();
        for (std::int64_t chunk = begin; chunk < end; ++chunk)
          AttentionChunk(plan, buffers, chunk).run(blocks * chunk / plan.chunks, blocks * (chunk + 1) / plan.chunks);
      });
}

}  // namespace rheo

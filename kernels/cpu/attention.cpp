// SPDX-License-Identifier: Apache-2.0
// attention: softmax(scale * q k^T + mask) v, one block of keys after the other, so that the scores of a few rows of q
// are all that is ever stored. f32, bf16 and 8-bit, plain; scores and sums are f32. Threads take blocks of rows of all
// heads. Limit: what is not finite in v may reach queries of the same block that do not see it.
//
// Scores of 8-bit values are whole numbers: a zero point of the keys adds the same to all scores of a query, which
// leaves the softmax alone, one of the queries is in the first values of the sums. Weights are no bytes but bf16 (f32
// where the processor has no bf16), and the values become bf16, which holds them exactly: steps of 1 / 255 of the
// largest weight would lose what a long row adds up to. One key whose score is 6 above 500 others has 45 % of the mass;
// rounded to bytes (0.63 of a step becomes 1) it would have 34 %. Two bytes for each weight would cost what bf16 does.
//
// Tested by tests/agree/kernels_attention_test.cpp.
#include <algorithm>
#include <limits>

#include "base/try.h"
#include "kernels/cpu/attention_plan.h"
#include "kernels/cpu/entries.h"
#include "kernels/cpu/lanes/attend_steps.h"
#include "kernels/cpu/loop_kernel.h"

namespace rheo {
namespace {

// The memory of one chunk, and the head that lies in it.
class AttentionChunk {
 public:
  AttentionChunk(const AttentionPlan& plan, const Buffers& buffers, std::int64_t chunk)
      : plan_(plan), buffers_(buffers), keys_(static_cast<float*>(buffers.scratch) + chunk * room(plan)) {
    values_ = keys_ + plan.keys_room();
    starts_ = reinterpret_cast<std::int32_t*>(values_ + plan.values_room());
    mask_row_ = values_ + plan.values_room() + plan.starts_room();
    queries_ = mask_row_ + plan.mask_room();
    scores_ = queries_ + plan.queries_room();
    weights_ = scores_ + kScoresRoom;
    sums_ = weights_ + kScoresRoom;
    largest_ = sums_ + AttentionPlan::kRows * plan.sums_stride();
    total_ = largest_ + AttentionPlan::whole_vectors(AttentionPlan::kRows);
  }

  // In numbers of f32.
  static std::int64_t room(const AttentionPlan& plan) {
    return plan.keys_room() + plan.values_room() + plan.starts_room() + plan.mask_room() + plan.queries_room() +
           2 * kScoresRoom + AttentionPlan::kRows * plan.sums_stride() +
           2 * AttentionPlan::whole_vectors(AttentionPlan::kRows);
  }

  // Blocks of rows [begin, end), counted over all heads.
  void run(std::int64_t begin, std::int64_t end) {
    for (std::int64_t block = begin; block < end; ++block) {
      const std::int64_t head = block / plan_.row_blocks();
      if (block == begin || block % plan_.row_blocks() == 0) {
        plan_.pack_keys(buffers_.inputs[1], head, keys_, starts_);
        if (plan_.packs_values()) plan_.pack_values(buffers_.inputs[2], head, values_);
        if (plan_.adds_mask_row()) plan_.read_mask_row(buffers_.inputs[kMaskInput], head, mask_row_);
      }
      run_rows(head, block % plan_.row_blocks() * AttentionPlan::kRows);
    }
  }

 private:
  static constexpr std::int64_t kScoresRoom = AttentionPlan::kRows * AttentionPlan::kKeys;

  // From row to row of the scores of keys from `first` on: a whole block, however much of it is seen.
  std::int64_t scores_stride(std::int64_t first) const {
    return AttentionPlan::whole_vectors(std::min(AttentionPlan::kKeys, plan_.keys - first));
  }

  void run_rows(std::int64_t head, std::int64_t row) {
    const std::int64_t rows = std::min(AttentionPlan::kRows, plan_.queries - row);
    const std::byte* q = plan_.read_queries(buffers_.inputs[0], head, row, rows, queries_);
    std::fill(largest_, largest_ + rows, -std::numeric_limits<float>::infinity());
    std::fill(total_, total_ + rows, 0.0F);
    const std::int64_t seen = plan_.settings.is_causal ? std::min(plan_.keys, row + rows) : plan_.keys;
    for (std::int64_t first = 0; first < seen; first += AttentionPlan::kKeys) {
      const std::int64_t count = std::min(AttentionPlan::kKeys, seen - first);
      score(q, rows, first, count);
      attend(head, row, rows, first, count);
      add_values(head, rows, first, count);
    }
    answer(head, row, rows);
  }

  // Only a query that sees nothing has no weights.
  void answer(std::int64_t head, std::int64_t row, std::int64_t rows) const {
    const HeadPlaces& where = plan_.places.y;
    const std::int64_t first = where.of(head / plan_.heads, head % plan_.heads, row);
    std::byte* y = static_cast<std::byte*>(buffers_.outputs[0]) + AttentionPlan::bytes(first, plan_.y);
    if (plan_.value_dot.element == DotElement::bf16) {
      return end_attend_bf16({sums_, total_, rows, plan_.out_depth, plan_.sums_stride(), plan_.y_factor, y, where.row,
                              plan_.y, plan_.y_zero});
    }
    for (std::int64_t i = 0; i < rows; ++i) {
      const float factor = total_[i] == 0 ? 0.0F : plan_.y_factor / total_[i];
      plan_.loops->convert(sums_ + i * plan_.sums_stride(), DType::f32,
                           y + AttentionPlan::bytes(i * where.row, plan_.y), plan_.y, Rescale(factor, 0, plan_.y_zero),
                           plan_.out_depth);
    }
  }

  // The products of `rows` rows, `row_bytes` apart, with one block of packed columns.
  static void multiply(const DotLoops& dot, const std::byte* left, std::int64_t row_bytes, std::int64_t rows,
                       const float* packed, const Finish& finish, TileCall tile) {
    static constexpr std::ptrdiff_t kNoOffset = 0;
    tile.weights = reinterpret_cast<const std::byte*>(packed);
    tile.segment_offsets = &kNoOffset;
    tile.segments = 1;
    dot.run({.tile = tile, .pixels = left, .pixel_bytes = row_bytes, .output = 0, .count = rows}, finish);
  }

  // scores = scale * q k^T for keys [first, first + count), with the mask where it is the same for all queries.
  void score(const std::byte* q, std::int64_t rows, std::int64_t first, std::int64_t count) const {
    const DotLoops& dot = plan_.score_dot;
    Finish finish;
    finish.scale = plan_.scales.data();
    finish.bias = plan_.adds_mask_row() ? mask_row_ + first : plan_.zeros.data();
    finish.output = scores_;
    TileCall call;
    call.channel_stride = scores_stride(first);
    call.steps = static_cast<int>(plan_.score_steps());
    const std::int64_t row_bytes = plan_.query_bytes();
    for (std::int64_t block = 0; block < count; block += dot.block_channels) {
      // As many columns as were packed, though fewer may be seen: their number says how far steps lie apart.
      call.first_channel = block;
      call.channels = static_cast<int>(std::min<std::int64_t>(dot.block_channels, plan_.keys - first - block));
      if (plan_.scores_bytes()) call.start = starts_ + first + block;
      multiply(dot, q, row_bytes, rows, keys_ + (first + block) * plan_.score_steps(), finish, call);
    }
  }

  // weights: what the scores are worth, relative to the largest so far.
  void attend(std::int64_t head, std::int64_t row, std::int64_t rows, std::int64_t first, std::int64_t count) const {
    AttendCall call;
    call.scores = scores_;
    call.rows = rows;
    call.columns = count;
    call.stride = scores_stride(first);
    if (plan_.has_mask && !plan_.adds_mask_row()) {
      const MaskStrides& mask = plan_.mask;
      const std::int64_t at = plan_.mask_of(head) + row * mask.row + first * mask.column;
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
    if (plan_.value_dot.element == DotElement::bf16) return attend_bf16(call, weights_);
    plan_.loops->attend(call);
  }

  // sums += weights * v.
  void add_values(std::int64_t head, std::int64_t rows, std::int64_t first, std::int64_t count) const {
    const DotLoops& dot = plan_.value_dot;
    const float* values =
        plan_.packs_values()
            ? values_
            : reinterpret_cast<const float*>(plan_.row_of(buffers_.inputs[2], plan_.v, plan_.places.v, head, 0));
    const auto* weights = reinterpret_cast<const std::byte*>(dot.element == DotElement::f32 ? scores_ : weights_);
    Finish finish;
    finish.scale = plan_.ones.data();
    finish.bias = plan_.zeros.data();
    finish.residual = first == 0 ? nullptr : sums_;
    finish.output = sums_;
    TileCall call;
    call.channel_stride = plan_.sums_stride();
    call.steps = static_cast<int>(plan_.value_steps(count));
    const std::int64_t row_bytes = scores_stride(first) * dot.element_bytes();
    for (std::int64_t block = 0; block < plan_.out_depth; block += dot.block_channels) {
      call.first_channel = block;
      call.channels = static_cast<int>(std::min<std::int64_t>(dot.block_channels, plan_.out_depth - block));
      const std::int64_t lanes = AttentionPlan::whole_vectors(call.channels);
      multiply(dot, weights, row_bytes, rows, values + block * plan_.value_steps(plan_.keys) + first / dot.step * lanes,
               finish, call);
    }
  }

  const AttentionPlan& plan_;
  const Buffers& buffers_;
  float* keys_;           // packed
  float* values_;         // packed, unless they are read where they are
  std::int32_t* starts_;  // [keys], of sums of bytes
  float* mask_row_;       // [keys], where it is the same for all queries
  float* queries_;        // [rows][whole steps], unless they are read where they are
  float* scores_;         // [rows][keys of a block, whole vectors], then weights
  float* weights_;        // the same in bf16
  float* sums_;           // [rows][sums_stride]
  float* largest_;        // [rows]
  float* total_;          // [rows]
};

}  // namespace

Result<std::unique_ptr<Kernel>> make_own_attention(const KernelRequest& request) {
  if (request.outputs[0].type->shape.elements() == 0) return make_empty_kernel();
  RHEO_ASSIGN_OR_RETURN(AttentionPlan plan, AttentionPlan::read(request));
  LoopSettings settings = loop_settings(request);
  settings.implementation = plan.implementation();
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

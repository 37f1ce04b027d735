// SPDX-License-Identifier: Apache-2.0
// Tested by tests/agree/kernels_attention_test.cpp.
#include "kernels/cpu/attention_plan.h"

#include <array>
#include <limits>

#include <fmt/format.h>

#include "base/try.h"
#include "kernels/cpu/lanes/attend_steps.h"
#include "kernels/cpu/refusal.h"
#include "kernels/cpu/share.h"

namespace rheo {
namespace {

MaskStrides mask_strides(const Shape& mask, const Shape& scores) {
  MaskStrides result;
  const std::array<std::int64_t*, 4> strides = {&result.batch, &result.head, &result.row, &result.column};
  std::int64_t step = 1;
  for (std::size_t back = 1; back <= mask.rank(); ++back) {
    const std::int64_t size = mask[mask.rank() - back];
    *strides[strides.size() - back] = size == 1 && scores[scores.rank() - back] != 1 ? 0 : step;
    step *= size;
  }
  return result;
}

// Two rows of bf16 as one row of pairs; `second` may be null and then reads as zeros.
void pair_rows(const std::uint16_t* first, const std::uint16_t* second, std::uint32_t* pairs, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    const std::uint32_t high = second == nullptr ? 0 : second[i];
    pairs[i] = first[i] | high << 16;
  }
}

// Sums of so many products of u8 and i8 pass 32 bits.
constexpr std::int64_t kMostBytes = 65'536;

}  // namespace

Result<AttentionPlan> AttentionPlan::read(const KernelRequest& request) {
  for (const std::span<const Operand> side : {request.inputs, request.outputs}) {
    for (const Operand& each : side) {
      if (each.type != nullptr && each.layout != Layout::plain) return refuse("attention works on plain values.");
    }
  }
  RHEO_RETURN_IF_ERROR(check_sizes(request));
  const Shape& q = request.inputs[0].type->shape;
  const Shape& k = request.inputs[1].type->shape;
  const Shape& v = request.inputs[2].type->shape;
  const AttentionSizes sizes = AttentionSizes::of(q, k, v, *request.attributes);
  AttentionPlan plan;
  plan.read_types(request);
  plan.heads = sizes.heads;
  plan.all_heads = sizes.batch * sizes.heads;
  plan.queries = sizes.queries;
  plan.keys = sizes.keys;
  plan.depth = sizes.depth;
  plan.out_depth = sizes.out_depth;
  plan.places = AttentionPlaces::of(q, k, v, *request.attributes);
  plan.settings = AttentionSettings::from(*request.attributes, sizes.depth);
  if (const Operand* mask = operand(request.inputs, kMaskInput)) {
    plan.has_mask = true;
    plan.mask_is_bool = mask->type->dtype == DType::boolean;
    plan.mask = mask_strides(mask->type->shape, {sizes.batch, sizes.heads, sizes.queries, sizes.keys});
  }
  plan.loops = &loops_for(request.isa);
  plan.choose_products(request.isa);
  const auto columns = static_cast<std::size_t>(std::max(kKeys, plan.sums_stride()) + 16);
  const double step = double{scale_of(*request.inputs[0].type)} * double{scale_of(*request.inputs[1].type)};
  plan.scales.assign(columns, static_cast<float>(plan.settings.scale * step));
  plan.ones.assign(columns, 1.0F);
  plan.zeros.assign(columns, 0.0F);
  plan.chunks = std::min<std::int64_t>(chunks_for(request.threads), plan.all_heads * plan.row_blocks());
  return plan;
}

void AttentionPlan::read_types(const KernelRequest& request) {
  const auto read_type = [](const Operand& operand, DType& dtype, int& zero) {
    dtype = operand.type->dtype;
    zero = operand.type->quantization.zero_point;
  };
  read_type(request.inputs[0], q, q_zero);
  read_type(request.inputs[1], k, k_zero);
  read_type(request.inputs[2], v, v_zero);
  read_type(request.outputs[0], y, y_zero);
  y_factor = scale_of(*request.inputs[2].type) / scale_of(*request.outputs[0].type);
}

void AttentionPlan::choose_products(Isa isa) {
  const bool is_8_bit = q == DType::u8 || q == DType::i8;
  const bool has_bf16 = isa >= Isa::avx512_vnni_bf16;
  score_dot = value_dot = loops->dot_f32;
  if (is_8_bit && isa >= Isa::avx512_vnni && depth <= kMostBytes) score_dot = dot_vnni();
  if (is_8_bit && has_bf16) value_dot = dot_bf16();
  // Pairs of bf16 move as numbers of f32.
  const bool has_pairs = depth % 2 == 0 && places.k.row % 2 == 0;
  if (q == DType::bf16 && has_bf16 && has_pairs) score_dot = value_dot = dot_bf16();
}

std::string AttentionPlan::implementation() const {
  const bool has_both = scores_bytes() && value_dot.element == DotElement::bf16;
  return fmt::format("{}{}", score_dot.name, has_both ? "_bf16" : "");
}

const std::byte* AttentionPlan::read_queries(const void* from, std::int64_t head, std::int64_t first, std::int64_t rows,
                                             float* to) const {
  const std::byte* rows_of_q = row_of(from, q, places.q, head, first);
  if (!copies_queries()) return rows_of_q;
  // What lies behind a row meets keys of 0.
  const std::int64_t stride = score_steps() * score_dot.step;
  const DType kept = scores_bytes() ? DType::u8 : q;
  const DType wanted = scores_bytes() ? DType::u8 : score_dot.reads(q) ? q : DType::f32;
  loops->convert_rows(rows_of_q, kept, places.q.row, to, wanted, stride, Rescale(1.0F, scores_bytes() ? 0 : q_zero),
                      rows, depth);
  if (q == DType::i8 && scores_bytes()) loops->add_128(to, rows * stride);
  return reinterpret_cast<const std::byte*>(to);
}

void AttentionPlan::pack_keys(const void* from, std::int64_t head, float* to, std::int32_t* starts) const {
  const std::int64_t steps = score_steps();
  for (std::int64_t first = 0; first < keys; first += score_dot.block_channels) {
    const std::int64_t count = std::min<std::int64_t>(score_dot.block_channels, keys - first);
    const std::int64_t lanes = whole_vectors(count);
    const std::byte* rows = row_of(from, k, places.k, head, first);
    float* block = to + first * steps;
    if (scores_bytes()) {
      for (std::int64_t i = 0; i < count; i += 16) {
        const KeyColumns columns{rows + i * places.k.row,
                                 k,
                                 places.k.row,
                                 static_cast<int>(std::min<std::int64_t>(16, count - i)),
                                 depth,
                                 q == DType::i8 ? q_zero + 128 : q_zero};
        pack_keys_vnni(columns, block + i, lanes * 4, starts + first + i);
      }
    } else if (score_dot.element == DotElement::f32) {
      loops->convert_transposed(rows, k, places.k.row, block, DType::f32, lanes, Rescale(1.0F, k_zero), count, depth);
    } else {
      // A pair of bf16 moves as one number of f32 would.
      loops->convert_transposed(rows, DType::f32, places.k.row / 2, block, DType::f32, lanes, 1.0F, count, steps);
    }
  }
}

void AttentionPlan::pack_values(const void* from, std::int64_t head, float* to) const {
  const std::byte* rows = row_of(from, v, places.v, head, 0);
  for (std::int64_t first = 0; first < out_depth; first += value_dot.block_channels) {
    const std::int64_t count = std::min<std::int64_t>(value_dot.block_channels, out_depth - first);
    const std::int64_t lanes = whole_vectors(count);
    float* block = to + first * value_steps(keys);
    if (value_dot.element == DotElement::f32) {
      loops->convert_rows(rows + bytes(first, v), v, places.v.row, block, DType::f32, lanes, Rescale(1.0F, v_zero),
                          keys, count);
      continue;
    }
    for (std::int64_t key = 0; key < keys; key += 2) {
      const std::byte* row = rows + bytes(key * places.v.row + first, v);
      const std::byte* next = key + 1 < keys ? row + bytes(places.v.row, v) : nullptr;
      auto* pairs = reinterpret_cast<std::uint32_t*>(block) + key / 2 * lanes;
      if (v == DType::bf16) {
        pair_rows(reinterpret_cast<const std::uint16_t*>(row), reinterpret_cast<const std::uint16_t*>(next), pairs,
                  count);
      } else {
        pack_value_pairs_bf16(row, next, v, v_zero, pairs, count);
      }
    }
  }
}

void AttentionPlan::read_mask_row(const void* from, std::int64_t head, float* row) const {
  const std::int64_t first = mask_of(head);
  for (std::int64_t i = 0; i < keys; ++i) {
    const std::int64_t at = first + i * mask.column;
    if (mask_is_bool) {
      row[i] = static_cast<const std::uint8_t*>(from)[at] != 0 ? 0.0F : -std::numeric_limits<float>::infinity();
    } else {
      row[i] = static_cast<const float*>(from)[at];
    }
  }
  std::fill(row + keys, row + whole_vectors(keys), 0.0F);
}

}  // namespace rheo

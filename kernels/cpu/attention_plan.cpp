// SPDX-License-Identifier: Apache-2.0
// Tested by tests/agree/kernels_attention_test.cpp.
#include "kernels/cpu/attention_plan.h"

#include <array>

#include "base/try.h"
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

}  // namespace

Result<AttentionPlan> AttentionPlan::read(const KernelRequest& request) {
  for (const std::span<const Operand> side : {request.inputs, request.outputs}) {
    for (const Operand& each : side) {
      if (each.type != nullptr && each.layout != Layout::plain) return refuse("attention works on plain values.");
    }
  }
  RHEO_RETURN_IF_ERROR(check_sizes(request));
  const Shape& q = request.inputs[0].type->shape;
  AttentionPlan plan;
  plan.dtype = request.inputs[0].type->dtype;
  plan.heads = q[1];
  plan.all_heads = q[0] * q[1];
  plan.queries = q[2];
  plan.keys = request.inputs[1].type->shape[2];
  plan.depth = q[3];
  plan.out_depth = request.outputs[0].type->shape[3];
  plan.settings = AttentionSettings::from(*request.attributes, q[3]);
  if (const Operand* mask = operand(request.inputs, kMaskInput)) {
    plan.has_mask = true;
    plan.mask_is_bool = mask->type->dtype == DType::boolean;
    plan.mask = mask_strides(mask->type->shape, {q[0], q[1], q[2], plan.keys});
  }
  plan.loops = &loops_for(request.isa);
  const bool as_bf16 = plan.dtype == DType::bf16 && request.isa >= Isa::avx512_vnni_bf16 && plan.depth % 2 == 0;
  plan.dot = as_bf16 ? dot_bf16() : plan.loops->dot_f32;
  const auto columns = static_cast<std::size_t>(std::max(kKeys, plan.sums_stride()) + 16);
  plan.scales.assign(columns, static_cast<float>(plan.settings.scale));
  plan.ones.assign(columns, 1.0F);
  plan.zeros.assign(columns, 0.0F);
  plan.chunks = std::min<std::int64_t>(chunks_for(request.threads), plan.all_heads * plan.row_blocks());
  return plan;
}

void AttentionPlan::pack_keys(const void* k, std::int64_t head, float* to) const {
  for (std::int64_t first = 0; first < keys; first += dot.block_channels) {
    const std::int64_t count = std::min<std::int64_t>(dot.block_channels, keys - first);
    const std::int64_t lanes = whole_vectors(count);
    const std::byte* from = static_cast<const std::byte*>(k) + bytes((head * keys + first) * depth);
    float* block = to + first * steps(depth);
    if (dot.element == DType::f32) {
      loops->convert_transposed(from, dtype, depth, block, DType::f32, lanes, 1.0F, count, depth);
      continue;
    }
    // A pair of bf16 moves as one number of f32 would.
    loops->convert_transposed(from, DType::f32, steps(depth), block, DType::f32, lanes, 1.0F, count, steps(depth));
  }
}

void AttentionPlan::pack_values(const void* v, std::int64_t head, float* to) const {
  const std::byte* from = static_cast<const std::byte*>(v) + bytes(head * keys * out_depth);
  for (std::int64_t first = 0; first < out_depth; first += dot.block_channels) {
    const std::int64_t count = std::min<std::int64_t>(dot.block_channels, out_depth - first);
    const std::int64_t lanes = whole_vectors(count);
    float* block = to + first * steps(keys);
    if (dot.element == DType::f32) {
      loops->convert_rows(from + bytes(first), dtype, out_depth, block, DType::f32, lanes, 1.0F, keys, count);
      continue;
    }
    for (std::int64_t key = 0; key < keys; key += 2) {
      const auto* row = reinterpret_cast<const std::uint16_t*>(from) + key * out_depth + first;
      pair_rows(row, key + 1 < keys ? row + out_depth : nullptr,
                reinterpret_cast<std::uint32_t*>(block) + key / 2 * lanes, count);
    }
  }
}

}  // namespace rheo

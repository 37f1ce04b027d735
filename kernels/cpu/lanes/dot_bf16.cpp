// SPDX-License-Identifier: Apache-2.0
// bf16 sums of products: vdpbf16ps adds two products to each of 16 f32 sums.
// Tested by tests/agree/kernels_conv2d_test.cpp.
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // gcc 12 means the unused operand inside its own intrinsics
#endif
#include <immintrin.h>

#include "kernels/cpu/lanes/loops.h"
#include "kernels/cpu/lanes/round_to_bf16.h"
#include "kernels/cpu/lanes/tile.h"

namespace rheo {
namespace {

struct DotBf16 {
  using Sum = F32x16;
  static constexpr int kStep = 2;
  static RHEO_INLINE Sum first(const std::int32_t*) { return Sum{}; }
  static RHEO_INLINE Sum multiply_add(const Sum& sum, const std::byte* element, const std::byte* weights) {
    std::int32_t pair;
    std::memcpy(&pair, element, sizeof(pair));
    return bits_as<F32x16>(
        _mm512_dpbf16_ps(bits_as<__m512>(sum), bits_as<__m512bh>(_mm512_set1_epi32(pair)), load<__m512bh>(weights)));
  }
  static RHEO_INLINE F32x16 to_f32(const Sum& sum) { return sum; }

  // Results of bf16 behind bounds go from the registers to their place, rounded by the processor.
  template <int P, int V>
  static RHEO_INLINE bool finish(const Sum (&sums)[P][V], const TileCall& call, const Finish& finish) {
    const Bounds bounds(finish.activation);
    const bool is_served = finish.scale != nullptr && finish.output_dtype == DType::bf16 &&
                           (finish.residual == nullptr || finish.residual_dtype == DType::bf16);
    if (!is_served || !bounds.are_all) return false;
    unrolled<V>([&](auto v) __attribute__((always_inline)) {
      const std::int64_t channel = call.first_channel + v * kLanes;
      const int count = call.channels - v * kLanes;
      const auto mask = static_cast<__mmask16>(count >= kLanes ? 0xFFFF : (1U << count) - 1U);
      const F32x16 scale = load<F32x16>(finish.scale + channel);
      const F32x16 bias = load<F32x16>(finish.bias + channel);
      unrolled<P>([&](auto p) __attribute__((always_inline)) {
        const std::int64_t at = (call.outputs[p] * call.channel_stride + channel) * 2;
        F32x16 y = sums[p][v] * scale + bias;
        if (finish.residual != nullptr) {
          const std::byte* from = static_cast<const std::byte*>(finish.residual) + at;
          y += f32_from_bf16(bits_as<U16x16>(_mm256_maskz_loadu_epi16(mask, from)));
        }
        y = bounds.cut(y);
        const __m256i rounded = bits_as<__m256i>(_mm512_cvtneps_pbh(bits_as<__m512>(y)));
        std::byte* to = static_cast<std::byte*>(finish.output) + at;
        if (count >= kLanes) {
          _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), rounded);
        } else {
          _mm256_mask_storeu_epi16(to, mask, rounded);
        }
      });
    });
    return true;
  }
};

}  // namespace

void round_to_bf16(const float* in, void* out, std::int64_t count) {
  auto* to = static_cast<std::byte*>(out);
  std::int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    const auto rounded = bits_as<__m256i>(_mm512_cvtneps_pbh(_mm512_loadu_ps(in + i)));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + i * 2), rounded);
  }
  if (i == count) return;
  const auto mask = static_cast<__mmask16>((1U << (count - i)) - 1U);
  const auto rounded = bits_as<__m256i>(_mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(mask, in + i)));
  _mm256_mask_storeu_epi16(to + i * 2, mask, rounded);
}

const DotLoops& dot_bf16() {
  static constexpr DotLoops kLoops = {
      DType::bf16, DotBf16::kStep, 6, 64, &tile_entry<DotBf16, 6, 4>, &run_entry<DotBf16, 6, 4>, "own:avx512_bf16"};
  return kLoops;
}

}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// Depthwise sums of bf16, two taps a step. Tested by tests/agree/kernels_conv2d_test.cpp.
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // gcc 12 means the unused operand inside its own intrinsics
#endif
#include <immintrin.h>

#include "kernels/cpu/lanes/depthwise_row.h"
#include "kernels/cpu/lanes/unrolled.h"
#include "kernels/cpu/lanes/vector.h"

namespace rheo {
namespace {

constexpr int kVectors = 2;  // of 16 sums, for 32 channels
constexpr int kBlock = 32;

// Pair `pair` of columns begins at column 2 * pair.
struct Use {
  int pair, output, variant;
};

struct Kernel3Stride1 {
  static constexpr DepthwisePattern kPattern = {3, 1, 2, kBlock, 4, 6, 4, {0, 2, -1, 1}};
  static constexpr Use kUses[] = {{0, 0, 0}, {1, 0, 1}, {0, 1, 2}, {1, 1, 3},
                                  {1, 2, 0}, {2, 2, 1}, {1, 3, 2}, {2, 3, 3}};
};
struct Kernel3Stride2 {
  static constexpr DepthwisePattern kPattern = {3, 2, 2, kBlock, 4, 10, 2, {0, 2}};
  static constexpr Use kUses[] = {{0, 0, 0}, {1, 0, 1}, {1, 1, 0}, {2, 1, 1},
                                  {2, 2, 0}, {3, 2, 1}, {3, 3, 0}, {4, 3, 1}};
};
struct Kernel5Stride1 {
  static constexpr DepthwisePattern kPattern = {5, 1, 2, kBlock, 4, 8, 6, {0, 2, 4, -1, 1, 3}};
  static constexpr Use kUses[] = {{0, 0, 0}, {1, 0, 1}, {2, 0, 2}, {0, 1, 3}, {1, 1, 4}, {2, 1, 5},
                                  {1, 2, 0}, {2, 2, 1}, {3, 2, 2}, {1, 3, 3}, {2, 3, 4}, {3, 3, 5}};
};
struct Kernel5Stride2 {
  static constexpr DepthwisePattern kPattern = {5, 2, 2, kBlock, 4, 12, 3, {0, 2, 4}};
  static constexpr Use kUses[] = {{0, 0, 0}, {1, 0, 1}, {2, 0, 2}, {1, 1, 0}, {2, 1, 1}, {3, 1, 2},
                                  {2, 2, 0}, {3, 2, 1}, {4, 2, 2}, {3, 3, 0}, {4, 3, 1}, {5, 3, 2}};
};

// The outputs from `first` on. Inner: every column that they read lies in the picture. Whole: all channels of the
// block.
template <typename Kernel, bool Inner, bool Whole>
RHEO_INLINE void depthwise_tile(const DepthwiseRowCall& call, std::int64_t first) {
  constexpr DepthwisePattern kPattern = Kernel::kPattern;
  constexpr int kPairs = kPattern.columns / 2;
  constexpr int kUseCount = static_cast<int>(sizeof(Kernel::kUses) / sizeof(Use));
  const auto mask = static_cast<__mmask32>(Whole ? ~0U : (1U << call.channels) - 1U);
  const std::int64_t left = first * kPattern.stride - call.pad_left;
  __m512 sums[kPattern.outputs][kVectors];
  unrolled<kVectors>([&](auto v) __attribute__((always_inline)) {
    const __m512 bias = _mm512_loadu_ps(call.bias + v * kLanes);
    unrolled<kPattern.outputs>([&](auto p) __attribute__((always_inline)) { sums[p][v] = bias; });
  });
  const std::byte* weights = call.weights;
  for (int row = 0; row < kPattern.kernel; ++row, weights += kPattern.variants * kVectors * 64) {
    const std::byte* from = call.rows[row] + left * call.in_pixel_bytes;
    __m512i pairs[kPairs][kVectors];
    unrolled<kPairs>([&](auto pair) __attribute__((always_inline)) {
      __m512i columns[2];
      unrolled<2>([&](auto c) __attribute__((always_inline)) {
        const std::int64_t at = pair * 2 + c;
        const std::byte* pixel = from + at * call.in_pixel_bytes;
        if (!Inner && (left + at < 0 || left + at >= call.in_width)) pixel = call.outside;
        columns[c] = Whole ? _mm512_loadu_si512(pixel) : _mm512_maskz_loadu_epi16(mask, pixel);
      });
      pairs[pair][0] = _mm512_unpacklo_epi16(columns[0], columns[1]);
      pairs[pair][1] = _mm512_unpackhi_epi16(columns[0], columns[1]);
    });
    unrolled<kUseCount>([&](auto u) __attribute__((always_inline)) {
      constexpr int kPair = Kernel::kUses[u].pair;
      constexpr int kOutput = Kernel::kUses[u].output;
      const std::byte* weight = weights + Kernel::kUses[u].variant * kVectors * 64;
      unrolled<kVectors>([&](auto v) __attribute__((always_inline)) {
        sums[kOutput][v] =
            _mm512_dpbf16_ps(sums[kOutput][v], bits_as<__m512bh>(pairs[kPair][v]), load<__m512bh>(weight + v * 64));
      });
    });
  }
  const __m512 low = _mm512_set1_ps(call.low);
  const __m512 high = _mm512_set1_ps(call.high);
  const __m512i order = _mm512_setr_epi64(0, 4, 1, 5, 2, 6, 3, 7);
  const std::int64_t left_over = call.out_width - first;
  unrolled<kPattern.outputs>([&](auto p) __attribute__((always_inline)) {
    if (!Inner && p >= left_over) return;
    unrolled<kVectors>([&](auto v) __attribute__((always_inline)) {
      // The second operand wins where one is NaN.
      sums[p][v] = _mm512_min_ps(high, _mm512_max_ps(low, sums[p][v]));
    });
    const __m512i rounded = bits_as<__m512i>(_mm512_cvtne2ps_pbh(sums[p][1], sums[p][0]));
    std::byte* to = call.output + (first + p) * call.out_pixel_bytes;
    if (Whole) {
      _mm512_storeu_si512(to, _mm512_permutexvar_epi64(order, rounded));
    } else {
      _mm512_mask_storeu_epi16(to, mask, _mm512_permutexvar_epi64(order, rounded));
    }
  });
}

template <typename Kernel, bool Whole>
void depthwise_row(const DepthwiseRowCall& call) {
  constexpr DepthwisePattern kPattern = Kernel::kPattern;
  for (std::int64_t first = 0; first < call.out_width; first += kPattern.outputs) {
    const std::int64_t left = first * kPattern.stride - call.pad_left;
    if (left >= 0 && left + kPattern.columns <= call.in_width && first + kPattern.outputs <= call.out_width) {
      depthwise_tile<Kernel, true, Whole>(call, first);
    } else {
      depthwise_tile<Kernel, false, Whole>(call, first);
    }
  }
}

template <typename Kernel>
void run(const DepthwiseRowCall& call) {
  if (call.channels == kBlock) return depthwise_row<Kernel, true>(call);
  depthwise_row<Kernel, false>(call);
}

template <typename Kernel>
constexpr DepthwiseRows rows_of() {
  return {Kernel::kPattern, &run<Kernel>};
}

}  // namespace

const DepthwiseRows* depthwise_bf16(std::int64_t kernel, std::int64_t stride) {
  static constexpr DepthwiseRows kAll[] = {rows_of<Kernel3Stride1>(), rows_of<Kernel3Stride2>(),
                                           rows_of<Kernel5Stride1>(), rows_of<Kernel5Stride2>()};
  for (const DepthwiseRows& rows : kAll) {
    if (rows.pattern.kernel == kernel && rows.pattern.stride == stride) return &rows;
  }
  return nullptr;
}

}  // namespace rheo

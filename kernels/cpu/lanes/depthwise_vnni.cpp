// SPDX-License-Identifier: Apache-2.0
// Tested by tests/agree/kernels_conv2d_test.cpp.
#include "kernels/cpu/lanes/depthwise_bytes.h"
#include "kernels/cpu/lanes/finish_bytes.h"

namespace rheo {
namespace {

constexpr int kVectors = 4;  // of 16 sums, for 64 channels

// A quad of columns starts at column `start`; output `output` meets it with its weights in the order of `variant`.
struct Use {
  int quad, output, variant;
};

struct Kernel3Stride1 {
  static constexpr DepthwisePattern kPattern = {3, 1, 4, 6, 2, {0, -1}};
  static constexpr int kStarts[] = {0, 2};
  static constexpr Use kUses[] = {{0, 0, 0}, {0, 1, 1}, {1, 2, 0}, {1, 3, 1}};
};
struct Kernel3Stride2 {
  static constexpr DepthwisePattern kPattern = {3, 2, 2, 6, 1, {0}};
  static constexpr int kStarts[] = {0, 2};
  static constexpr Use kUses[] = {{0, 0, 0}, {1, 1, 0}};
};
struct Kernel5Stride1 {
  static constexpr DepthwisePattern kPattern = {5, 1, 4, 8, 8, {0, 4, -1, 3, -2, 2, -3, 1}};
  static constexpr int kStarts[] = {0, 4};
  static constexpr Use kUses[] = {{0, 0, 0}, {1, 0, 1}, {0, 1, 2}, {1, 1, 3},
                                  {0, 2, 4}, {1, 2, 5}, {0, 3, 6}, {1, 3, 7}};
};
struct Kernel5Stride2 {
  static constexpr DepthwisePattern kPattern = {5, 2, 2, 8, 4, {0, 4, -2, 2}};
  static constexpr int kStarts[] = {0, 4};
  static constexpr Use kUses[] = {{0, 0, 0}, {1, 0, 1}, {0, 1, 2}, {1, 1, 3}};
};

// Four columns of 64 channels -> per channel its four bytes side by side; in each 128-bit lane channels 0..3 come
// first, then 4..7 in the next vector.
RHEO_INLINE void interleave(const __m512i* columns, __m512i* quads) {
  const __m512i low_first = _mm512_unpacklo_epi8(columns[0], columns[1]);
  const __m512i high_first = _mm512_unpackhi_epi8(columns[0], columns[1]);
  const __m512i low_last = _mm512_unpacklo_epi8(columns[2], columns[3]);
  const __m512i high_last = _mm512_unpackhi_epi8(columns[2], columns[3]);
  quads[0] = _mm512_unpacklo_epi16(low_first, low_last);
  quads[1] = _mm512_unpackhi_epi16(low_first, low_last);
  quads[2] = _mm512_unpacklo_epi16(high_first, high_last);
  quads[3] = _mm512_unpackhi_epi16(high_first, high_last);
}

template <typename Kernel, bool Whole>
void depthwise_tile(const DepthwiseBytesCall& call, const Finish& finish) {
  constexpr DepthwisePattern kPattern = Kernel::kPattern;
  constexpr int kQuads = 2;
  constexpr int kUseCount = static_cast<int>(sizeof(Kernel::kUses) / sizeof(Use));
  const __mmask64 mask = Whole ? ~__mmask64{0} : (__mmask64{1} << call.channels) - 1;
  __m512i sums[kPattern.outputs][kVectors];
  unrolled<kPattern.outputs>([&](auto p) __attribute__((always_inline)) {
    unrolled<kVectors>([&](auto v) __attribute__((always_inline)) { sums[p][v] = _mm512_setzero_si512(); });
  });
  const std::byte* weights = call.weights;
  for (int row = 0; row < kPattern.kernel; ++row, weights += kPattern.variants * kVectors * 64) {
    __m512i columns[kPattern.columns];
    unrolled<kPattern.columns>([&](auto c) __attribute__((always_inline)) {
      const std::byte* from = call.pixels[row][c];
      columns[c] = Whole ? _mm512_loadu_si512(from) : _mm512_maskz_loadu_epi8(mask, from);
    });
    __m512i quads[kQuads][kVectors];
    unrolled<kQuads>([&](auto q)
                         __attribute__((always_inline)) { interleave(columns + Kernel::kStarts[q], quads[q]); });
    unrolled<kUseCount>([&](auto u) __attribute__((always_inline)) {
      constexpr int kQuad = Kernel::kUses[u].quad;
      constexpr int kOutput = Kernel::kUses[u].output;
      const std::byte* weight = weights + Kernel::kUses[u].variant * kVectors * 64;
      unrolled<kVectors>([&](auto v) __attribute__((always_inline)) {
        sums[kOutput][v] = _mm512_dpbusd_epi32(sums[kOutput][v], quads[kQuad][v], _mm512_loadu_si512(weight + v * 64));
      });
    });
  }
  const ByteBounds bounds(finish);
  unrolled<kPattern.outputs>([&](auto p) __attribute__((always_inline)) {
    if (p >= call.output_count) return;
    __m512i whole[kVectors];
    unrolled<kVectors>([&](auto v) __attribute__((always_inline)) {
      whole[v] = steps_of(sums[p][v], _mm512_loadu_ps(call.scale + v * kLanes), _mm512_loadu_ps(call.bias + v * kLanes),
                          bounds);
    });
    const __m512i bytes = bytes_in_lanes(whole[0], whole[1], whole[2], whole[3], finish.output_dtype == DType::i8);
    if (Whole) {
      _mm512_storeu_si512(call.outputs[p], bytes);
    } else {
      _mm512_mask_storeu_epi8(call.outputs[p], mask, bytes);
    }
  });
}

template <typename Kernel>
bool run(const DepthwisePattern& pattern, const DepthwiseBytesCall& call, const Finish& finish) {
  if (pattern.kernel != Kernel::kPattern.kernel || pattern.stride != Kernel::kPattern.stride) return false;
  if (call.channels == kDepthwiseBlock) {
    depthwise_tile<Kernel, true>(call, finish);
  } else {
    depthwise_tile<Kernel, false>(call, finish);
  }
  return true;
}

}  // namespace

const DepthwisePattern* depthwise_pattern(std::int64_t kernel_height, std::int64_t kernel_width, std::int64_t stride) {
  static constexpr DepthwisePattern kAll[] = {Kernel3Stride1::kPattern, Kernel3Stride2::kPattern,
                                              Kernel5Stride1::kPattern, Kernel5Stride2::kPattern};
  for (const DepthwisePattern& pattern : kAll) {
    if (kernel_height == pattern.kernel && kernel_width == pattern.kernel && stride == pattern.stride) return &pattern;
  }
  return nullptr;
}

void depthwise_bytes(const DepthwisePattern& pattern, const DepthwiseBytesCall& call, const Finish& finish) {
  if (run<Kernel3Stride1>(pattern, call, finish) || run<Kernel3Stride2>(pattern, call, finish) ||
      run<Kernel5Stride1>(pattern, call, finish)) {
    return;
  }
  run<Kernel5Stride2>(pattern, call, finish);
}

}  // namespace rheo

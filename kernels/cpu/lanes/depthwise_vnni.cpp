// SPDX-License-Identifier: Apache-2.0
// Depthwise sums of u8 with i8 weights, four taps a step. Tested by tests/agree/kernels_conv2d_test.cpp.
#include "kernels/cpu/lanes/depthwise_row.h"
#include "kernels/cpu/lanes/finish_bytes.h"

namespace rheo {
namespace {

constexpr int kVectors = 4;  // of 16 sums, for 64 channels
constexpr int kBlock = 64;

// A quad of columns starts at column `start`; output `output` meets it with its weights in the order of `variant`.
struct Use {
  int quad, output, variant;
};

struct Kernel3Stride1 {
  static constexpr DepthwisePattern kPattern = {3, 1, 4, kBlock, 4, 6, 2, {0, -1}};
  static constexpr int kStarts[] = {0, 2};
  static constexpr Use kUses[] = {{0, 0, 0}, {0, 1, 1}, {1, 2, 0}, {1, 3, 1}};
};
struct Kernel3Stride2 {
  static constexpr DepthwisePattern kPattern = {3, 2, 4, kBlock, 2, 6, 1, {0}};
  static constexpr int kStarts[] = {0, 2};
  static constexpr Use kUses[] = {{0, 0, 0}, {1, 1, 0}};
};
struct Kernel5Stride1 {
  static constexpr DepthwisePattern kPattern = {5, 1, 4, kBlock, 4, 8, 8, {0, 4, -1, 3, -2, 2, -3, 1}};
  static constexpr int kStarts[] = {0, 4};
  static constexpr Use kUses[] = {{0, 0, 0}, {1, 0, 1}, {0, 1, 2}, {1, 1, 3},
                                  {0, 2, 4}, {1, 2, 5}, {0, 3, 6}, {1, 3, 7}};
};
struct Kernel5Stride2 {
  static constexpr DepthwisePattern kPattern = {5, 2, 4, kBlock, 2, 8, 4, {0, 4, -2, 2}};
  static constexpr int kStarts[] = {0, 4};
  static constexpr Use kUses[] = {{0, 0, 0}, {1, 0, 1}, {0, 1, 2}, {1, 1, 3}};
};

// Registers of 64 channels, and of half as many, which take half the time on what has no more.
struct Wide {
  using Bytes = __m512i;
  static constexpr int kChannels = 64;
  static RHEO_INLINE Bytes load(const std::byte* from) { return _mm512_loadu_si512(from); }
  static RHEO_INLINE Bytes load_part(const std::byte* from, int count) {
    return _mm512_maskz_loadu_epi8((__mmask64{1} << count) - 1, from);
  }
  static RHEO_INLINE Bytes low_bytes_of(Bytes a, Bytes b) { return _mm512_unpacklo_epi8(a, b); }
  static RHEO_INLINE Bytes high_bytes_of(Bytes a, Bytes b) { return _mm512_unpackhi_epi8(a, b); }
  static RHEO_INLINE Bytes low_halves_of(Bytes a, Bytes b) { return _mm512_unpacklo_epi16(a, b); }
  static RHEO_INLINE Bytes high_halves_of(Bytes a, Bytes b) { return _mm512_unpackhi_epi16(a, b); }
  static RHEO_INLINE Bytes multiply_add(Bytes sum, Bytes x, const std::byte* weights) {
    return _mm512_dpbusd_epi32(sum, x, _mm512_loadu_si512(weights));
  }
  static RHEO_INLINE Bytes zero() { return _mm512_setzero_si512(); }
  static RHEO_INLINE __m512 numbers(const float* from) { return _mm512_loadu_ps(from); }
  static RHEO_INLINE void store(std::byte* to, Bytes bytes) { _mm512_storeu_si512(to, bytes); }
  static RHEO_INLINE void store_part(std::byte* to, Bytes bytes, int count) {
    _mm512_mask_storeu_epi8(to, (__mmask64{1} << count) - 1, bytes);
  }
};
struct Narrow {
  using Bytes = __m256i;
  static constexpr int kChannels = 32;
  static RHEO_INLINE Bytes load(const std::byte* from) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
  }
  static RHEO_INLINE Bytes load_part(const std::byte* from, int count) {
    return _mm256_maskz_loadu_epi8((__mmask32{1} << count) - 1, from);
  }
  static RHEO_INLINE Bytes low_bytes_of(Bytes a, Bytes b) { return _mm256_unpacklo_epi8(a, b); }
  static RHEO_INLINE Bytes high_bytes_of(Bytes a, Bytes b) { return _mm256_unpackhi_epi8(a, b); }
  static RHEO_INLINE Bytes low_halves_of(Bytes a, Bytes b) { return _mm256_unpacklo_epi16(a, b); }
  static RHEO_INLINE Bytes high_halves_of(Bytes a, Bytes b) { return _mm256_unpackhi_epi16(a, b); }
  static RHEO_INLINE Bytes multiply_add(Bytes sum, Bytes x, const std::byte* weights) {
    return _mm256_dpbusd_epi32(sum, x, load(weights));
  }
  static RHEO_INLINE Bytes zero() { return _mm256_setzero_si256(); }
  static RHEO_INLINE __m256 numbers(const float* from) { return _mm256_loadu_ps(from); }
  static RHEO_INLINE void store(std::byte* to, Bytes bytes) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), bytes);
  }
  static RHEO_INLINE void store_part(std::byte* to, Bytes bytes, int count) {
    _mm256_mask_storeu_epi8(to, (__mmask32{1} << count) - 1, bytes);
  }
};

// Four columns -> per channel its four bytes side by side; in each 128-bit lane channels 0..3 come first, then 4..7 in
// the next vector.
template <typename Width>
RHEO_INLINE void interleave(const typename Width::Bytes* columns, typename Width::Bytes* quads) {
  const auto low_first = Width::low_bytes_of(columns[0], columns[1]);
  const auto high_first = Width::high_bytes_of(columns[0], columns[1]);
  const auto low_last = Width::low_bytes_of(columns[2], columns[3]);
  const auto high_last = Width::high_bytes_of(columns[2], columns[3]);
  quads[0] = Width::low_halves_of(low_first, low_last);
  quads[1] = Width::high_halves_of(low_first, low_last);
  quads[2] = Width::low_halves_of(high_first, high_last);
  quads[3] = Width::high_halves_of(high_first, high_last);
}

// The outputs from `first` on. Inner: every column that they read lies in the picture. Whole: all channels of the
// width.
template <typename Kernel, typename Width, bool IsBoundedByType, bool Inner, bool Whole>
RHEO_INLINE void depthwise_tile(const DepthwiseRowCall& call, const ByteBounds& bounds, std::int64_t first) {
  using Bytes = typename Width::Bytes;
  constexpr DepthwisePattern kPattern = Kernel::kPattern;
  constexpr int kQuads = 2;
  constexpr int kUseCount = static_cast<int>(sizeof(Kernel::kUses) / sizeof(Use));
  const std::int64_t left = first * kPattern.stride - call.pad_left;
  Bytes sums[kPattern.outputs][kVectors];
  unrolled<kPattern.outputs>([&](auto p) __attribute__((always_inline)) {
    unrolled<kVectors>([&](auto v) __attribute__((always_inline)) { sums[p][v] = Width::zero(); });
  });
  const std::byte* weights = call.weights;
  for (int row = 0; row < kPattern.kernel; ++row, weights += kPattern.variants * kVectors * 64) {
    const std::byte* from = call.rows[row] + left * call.in_pixel_bytes;
    Bytes columns[kPattern.columns];
    unrolled<kPattern.columns>([&](auto c) __attribute__((always_inline)) {
      const std::byte* pixel = from + c * call.in_pixel_bytes;
      if (!Inner && (left + c < 0 || left + c >= call.in_width)) pixel = call.outside;
      columns[c] = Whole ? Width::load(pixel) : Width::load_part(pixel, call.channels);
    });
    Bytes quads[kQuads][kVectors];
    unrolled<kQuads>([&](auto q)
                         __attribute__((always_inline)) { interleave<Width>(columns + Kernel::kStarts[q], quads[q]); });
    unrolled<kUseCount>([&](auto u) __attribute__((always_inline)) {
      constexpr int kQuad = Kernel::kUses[u].quad;
      constexpr int kOutput = Kernel::kUses[u].output;
      const std::byte* weight = weights + Kernel::kUses[u].variant * kVectors * 64;
      unrolled<kVectors>([&](auto v) __attribute__((always_inline)) {
        sums[kOutput][v] = Width::multiply_add(sums[kOutput][v], quads[kQuad][v], weight + v * 64);
      });
    });
  }
  Bytes whole[kPattern.outputs][kVectors];
  unrolled<kVectors>([&](auto v) __attribute__((always_inline)) {
    const auto scale = Width::numbers(call.scale + v * kLanes);
    const auto bias = Width::numbers(call.bias + v * kLanes);
    unrolled<kPattern.outputs>([&](auto p) __attribute__((always_inline)) {
      whole[p][v] = steps_of<IsBoundedByType>(sums[p][v], scale, bias, bounds);
    });
  });
  const bool is_signed = call.output_dtype == DType::i8;
  const std::int64_t left_over = call.out_width - first;
  unrolled<kPattern.outputs>([&](auto p) __attribute__((always_inline)) {
    if (!Inner && p >= left_over) return;
    const Bytes bytes = bytes_in_lanes(whole[p][0], whole[p][1], whole[p][2], whole[p][3], is_signed);
    std::byte* to = call.output + (first + p) * call.out_pixel_bytes;
    if (Whole) {
      Width::store(to, bytes);
    } else {
      Width::store_part(to, bytes, call.channels);
    }
  });
}

template <typename Kernel, typename Width, bool IsBoundedByType, bool Whole>
void depthwise_row(const DepthwiseRowCall& call) {
  constexpr DepthwisePattern kPattern = Kernel::kPattern;
  const ByteBounds bounds(call.low, call.high);
  for (std::int64_t first = 0; first < call.out_width; first += kPattern.outputs) {
    const std::int64_t left = first * kPattern.stride - call.pad_left;
    if (left >= 0 && left + kPattern.columns <= call.in_width && first + kPattern.outputs <= call.out_width) {
      depthwise_tile<Kernel, Width, IsBoundedByType, true, Whole>(call, bounds, first);
    } else {
      depthwise_tile<Kernel, Width, IsBoundedByType, false, Whole>(call, bounds, first);
    }
  }
}

template <typename Kernel, bool IsBoundedByType>
void run_bounded(const DepthwiseRowCall& call) {
  if (call.channels == Wide::kChannels) return depthwise_row<Kernel, Wide, IsBoundedByType, true>(call);
  if (call.channels > Narrow::kChannels) return depthwise_row<Kernel, Wide, IsBoundedByType, false>(call);
  if (call.channels == Narrow::kChannels) return depthwise_row<Kernel, Narrow, IsBoundedByType, true>(call);
  depthwise_row<Kernel, Narrow, IsBoundedByType, false>(call);
}

template <typename Kernel>
void run(const DepthwiseRowCall& call) {
  return call.is_bounded_by_type ? run_bounded<Kernel, true>(call) : run_bounded<Kernel, false>(call);
}

template <typename Kernel>
constexpr DepthwiseRows rows_of() {
  return {Kernel::kPattern, &run<Kernel>};
}

}  // namespace

const DepthwiseRows* depthwise_u8(std::int64_t kernel, std::int64_t stride) {
  static constexpr DepthwiseRows kAll[] = {rows_of<Kernel3Stride1>(), rows_of<Kernel3Stride2>(),
                                           rows_of<Kernel5Stride1>(), rows_of<Kernel5Stride2>()};
  for (const DepthwiseRows& rows : kAll) {
    if (rows.pattern.kernel == kernel && rows.pattern.stride == stride) return &rows;
  }
  return nullptr;
}

}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// The loops of run/picture_sums.h, 16 elements at a time.
#include "run/picture_sums.h"

// gcc 12 warns of values that its own header leaves undefined on purpose.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>
#pragma GCC diagnostic pop

#include <algorithm>

namespace rheo {
namespace {

// f32 sums are folded into double after this many elements, so that they stay exact to about 1e-5.
constexpr std::int64_t kElementsPerFold = 32768;

__mmask16 first_lanes(std::int64_t count) {
  return count >= 16 ? static_cast<__mmask16>(0xffff)
                     : static_cast<__mmask16>((1u << std::max<std::int64_t>(count, 0)) - 1u);
}

// Sums of the lanes, in a fixed order.
float sum_of(__m512 x) {
  alignas(64) float lanes[16];
  _mm512_store_ps(lanes, x);
  for (int width = 8; width > 0; width /= 2) {
    for (int i = 0; i < width; ++i) lanes[i] += lanes[i + width];
  }
  return lanes[0];
}

// Two sums of 16 bits each, below 65536, in one word per lane: both are added up at once.
std::uint32_t sum_of_pairs(__m512i x) {
  const __m256i eight = _mm256_add_epi32(_mm512_castsi512_si256(x), _mm512_maskz_extracti32x8_epi32(0xff, x, 1));
  __m128i four = _mm_add_epi32(_mm256_castsi256_si128(eight), _mm256_extracti128_si256(eight, 1));
  four = _mm_add_epi32(four, _mm_unpackhi_epi64(four, four));
  return static_cast<std::uint32_t>(_mm_cvtsi128_si32(four)) + static_cast<std::uint32_t>(_mm_extract_epi32(four, 1));
}

struct Lanes {
  __m512 sum = _mm512_setzero_ps();
  __m512 squares = _mm512_setzero_ps();
  __m512 horizontal = _mm512_setzero_ps();
  __m512 vertical = _mm512_setzero_ps();

  void fold(PictureSums& sums) {
    sums.sum += static_cast<double>(sum_of(sum));
    sums.squares += static_cast<double>(sum_of(squares));
    sums.gradients += static_cast<double>(sum_of(horizontal)) + static_cast<double>(sum_of(vertical));
    *this = Lanes();
  }
  void add(__m512 centred, __m512 right, __m512 below) {
    sum = _mm512_add_ps(sum, centred);
    squares = _mm512_fmadd_ps(centred, centred, squares);
    horizontal = _mm512_fmadd_ps(right, right, horizontal);
    vertical = _mm512_fmadd_ps(below, below, vertical);
  }
};

struct Bounds {
  explicit Bounds(const PictureSums& sums)
      : smallest(_mm512_set1_ps(sums.smallest)), largest(_mm512_set1_ps(sums.largest)) {}

  void store(PictureSums& sums) const {
    alignas(64) float lanes[32];
    _mm512_store_ps(lanes, smallest);
    _mm512_store_ps(lanes + 16, largest);
    sums.smallest = *std::min_element(lanes, lanes + 16);
    sums.largest = *std::max_element(lanes + 16, lanes + 32);
  }

  __m512 smallest;
  __m512 largest;
};

// One row; the last row's lower neighbour is itself, which adds nothing.
void add_row(const float* row, const float* below, std::int64_t columns, __m512 centre, Lanes& all, Bounds& limits) {
  Lanes lanes = all;  // local, so that it stays in registers
  Bounds bounds = limits;
  std::int64_t i = 0;
  for (; i + 16 < columns; i += 16) {  // all 16 have a right neighbour
    const __m512 x = _mm512_loadu_ps(row + i);
    lanes.add(_mm512_sub_ps(x, centre), _mm512_sub_ps(_mm512_loadu_ps(row + i + 1), x),
              _mm512_sub_ps(_mm512_loadu_ps(below + i), x));
    bounds.smallest = _mm512_min_ps(bounds.smallest, x);
    bounds.largest = _mm512_max_ps(bounds.largest, x);
  }
  const __mmask16 inside = first_lanes(columns - i);
  const __mmask16 has_right = first_lanes(columns - i - 1);
  const __m512 x = _mm512_maskz_loadu_ps(inside, row + i);
  const __m512 right = _mm512_maskz_loadu_ps(has_right, row + i + 1);
  lanes.add(_mm512_maskz_sub_ps(inside, x, centre), _mm512_maskz_sub_ps(has_right, right, x),
            _mm512_sub_ps(_mm512_maskz_loadu_ps(inside, below + i), x));
  bounds.smallest = _mm512_mask_min_ps(bounds.smallest, inside, bounds.smallest, x);
  bounds.largest = _mm512_mask_max_ps(bounds.largest, inside, bounds.largest, x);
  all = lanes;
  limits = bounds;
}

void add_sums(const Picture& picture, float shift, PictureSums& sums) {
  const __m512 centre = _mm512_set1_ps(shift);
  Lanes lanes;
  Bounds bounds(sums);
  std::int64_t since_fold = 0;
  for (std::int64_t row = 0; row < picture.rows; ++row) {
    const float* here = picture.data + row * picture.row_stride;
    const float* below = row + 1 < picture.rows ? here + picture.row_stride : here;
    for (std::int64_t first = 0; first < picture.columns; first += kElementsPerFold) {
      const std::int64_t count = std::min(picture.columns - first, kElementsPerFold);
      add_row(here + first, below + first, count, centre, lanes, bounds);
      if (first + count < picture.columns) {  // the pair of neighbours on both sides of the cut
        const double step = static_cast<double>(here[first + count] - here[first + count - 1]);
        sums.gradients += step * step;
      }
      since_fold += count;
      if (since_fold >= kElementsPerFold) {
        lanes.fold(sums);
        since_fold = 0;
      }
    }
  }
  lanes.fold(sums);
  bounds.store(sums);
}

// Every element becomes a word with one bit set, its bin. Counting bins is then counting bits per position, which full
// adders do for 16 words at once: `ones`, `twos`, `fours` and `eights` hold a 4-bit number per position, and what
// overflows has the weight 16.
class BinCounter {
 public:
  BinCounter(float low, float scale) : low_(_mm512_set1_ps(low)), scale_(_mm512_set1_ps(scale)) {}

  void add_block(const float* data) {  // 256 elements
    __m512i eights[2];
    for (int half = 0; half < 2; ++half) {
      __m512i fours[2];
      for (int quarter = 0; quarter < 2; ++quarter) {
        const float* four = data + 128 * half + 64 * quarter;
        const __m512i first = carry(ones_, bit_of_bin(four), bit_of_bin(four + 16));
        const __m512i second = carry(ones_, bit_of_bin(four + 32), bit_of_bin(four + 48));
        fours[quarter] = carry(twos_, first, second);
      }
      eights[half] = carry(fours_, fours[0], fours[1]);
    }
    add_sixteens(carry(eights_, eights[0], eights[1]));
  }

  void add_part(const float* data, std::int64_t count) {  // at most 16 elements
    const __mmask16 inside = first_lanes(count);
    const __m512i word = _mm512_maskz_mov_epi32(inside, bit_of_bin(_mm512_mask_loadu_ps(low_, inside, data)));
    const __m512i two = carry(ones_, word, _mm512_setzero_si512());
    const __m512i four = carry(twos_, two, _mm512_setzero_si512());
    const __m512i eight = carry(fours_, four, _mm512_setzero_si512());
    add_sixteens(carry(eights_, eight, _mm512_setzero_si512()));
  }

  void finish(Histogram& histogram) {
    flush_sixteens(histogram);
    for (unsigned bit = 0; bit < kHistogramBins; ++bit) {
      const __m512i position = _mm512_set1_epi32(static_cast<int>(1u << bit));
      histogram[bit] += count(ones_, position) + 2 * count(twos_, position) + 4 * count(fours_, position) +
                        8 * count(eights_, position);
    }
  }

  // Byte counters are full after 255 additions.
  bool is_full() const { return additions_ == 255; }
  void flush_sixteens(Histogram& histogram) {
    const __m512i even = _mm512_set1_epi32(0x00ff00ff);
    for (unsigned shift = 0; shift < 8; ++shift) {
      const __m512i bytes = sixteens_[shift];
      const std::uint32_t low = sum_of_pairs(_mm512_and_si512(bytes, even));
      const std::uint32_t high = sum_of_pairs(_mm512_and_si512(_mm512_srli_epi16(bytes, 8), even));
      histogram[shift] += 16 * (low & 0xffff);
      histogram[8 + shift] += 16 * (high & 0xffff);
      histogram[16 + shift] += 16 * (low >> 16);
      histogram[24 + shift] += 16 * (high >> 16);
      sixteens_[shift] = _mm512_setzero_si512();
    }
    additions_ = 0;
  }

 private:
  __m512i bit_of_bin(__m512 x) const {
    const __m512i bin = _mm512_cvttps_epi32(_mm512_mul_ps(_mm512_sub_ps(x, low_), scale_));
    return _mm512_sllv_epi32(_mm512_set1_epi32(1), _mm512_min_epi32(bin, _mm512_set1_epi32(kHistogramBins - 1)));
  }
  __m512i bit_of_bin(const float* data) const { return bit_of_bin(_mm512_loadu_ps(data)); }

  // sum + a + b per bit: the low bit stays in `sum`, the carry is returned.
  static __m512i carry(__m512i& sum, __m512i a, __m512i b) {
    const __m512i over = _mm512_ternarylogic_epi32(sum, a, b, 0xe8);  // majority
    sum = _mm512_ternarylogic_epi32(sum, a, b, 0x96);                 // parity
    return over;
  }
  static std::uint64_t count(__m512i word, __m512i position) {
    return static_cast<std::uint64_t>(_mm_popcnt_u32(_mm512_test_epi32_mask(word, position)));
  }
  // Bit 8 * byte + shift of every word goes to a byte counter of its own.
  void add_sixteens(__m512i word) {
    const __m512i low_bits = _mm512_set1_epi8(1);
    for (unsigned shift = 0; shift < 8; ++shift) {
      const __m512i bits =
          _mm512_and_si512(_mm512_srl_epi32(word, _mm_cvtsi32_si128(static_cast<int>(shift))), low_bits);
      sixteens_[shift] = _mm512_add_epi8(sixteens_[shift], bits);
    }
    ++additions_;
  }

  __m512 low_;
  __m512 scale_;
  __m512i ones_ = _mm512_setzero_si512();
  __m512i twos_ = _mm512_setzero_si512();
  __m512i fours_ = _mm512_setzero_si512();
  __m512i eights_ = _mm512_setzero_si512();
  __m512i sixteens_[8] = {};
  int additions_ = 0;
};

void add_histogram(const Picture& picture, float low, float scale, Histogram& histogram) {
  const bool dense = picture.row_stride == picture.columns;
  const std::int64_t rows = dense ? 1 : picture.rows;
  const std::int64_t columns = dense ? picture.rows * picture.columns : picture.columns;
  BinCounter counter(low, scale);
  for (std::int64_t row = 0; row < rows; ++row) {
    const float* data = picture.data + row * picture.row_stride;
    std::int64_t i = 0;
    while (i < columns) {
      if (counter.is_full()) counter.flush_sixteens(histogram);
      if (columns - i >= 256) {
        counter.add_block(data + i);
        i += 256;
      } else {
        counter.add_part(data + i, std::min<std::int64_t>(columns - i, 16));
        i += 16;
      }
    }
  }
  counter.finish(histogram);
}

}  // namespace

const PictureLoops kAvx512PictureLoops = {add_sums, add_histogram};

}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// 8-bit sums of products without VNNI: vpmaddwd adds two products of 16-bit whole numbers, exactly, and does as many of
// them in a register as vfmadd does of f32 in two. vpmaddubsw would take the bytes as they lie, but cuts sums at 2^15.
// Tested by tests/agree/kernels_conv2d_test.cpp.
#include <immintrin.h>

#include "kernels/cpu/lanes/finish_steps.h"
#include "kernels/cpu/lanes/loops.h"
#include "kernels/cpu/lanes/tile.h"

namespace rheo {
namespace {

struct DotI16 {
  using Sum = I32x16;
  using Half = decltype(Sum::low);
  static constexpr int kStep = 2;
  static RHEO_INLINE Sum first(const std::int32_t*) { return Sum{}; }
  static RHEO_INLINE Half added(const Half& sum, __m256i pair, const std::byte* weights) {
    return sum + bits_as<Half>(_mm256_madd_epi16(pair, load<__m256i>(weights)));
  }
  static RHEO_INLINE Sum multiply_add(const Sum& sum, const std::byte* element, const std::byte* weights) {
    std::int32_t both;
    std::memcpy(&both, element, sizeof(both));
    const __m256i pair = _mm256_set1_epi32(both);
    return {added(sum.low, pair, weights), added(sum.high, pair, weights + sizeof(Half))};
  }
  static RHEO_INLINE F32x16 to_f32(const Sum& sum) { return convert_lanes<F32x16>(sum); }
  template <int P, int V>
  static RHEO_INLINE bool finish(const Sum (&sums)[P][V], const TileCall& call, const Finish& finish) {
    return finish_in_steps<P, V>(
        [&](auto p, auto v) __attribute__((always_inline)) { return to_f32(sums[p][v]); }, call, finish);
  }
};

}  // namespace

const DotLoops& dot_i16() {
  static constexpr DotLoops kLoops = {DotElement::i16,          DotI16::kStep, 6, 16, &tile_entry<DotI16, 6, 1>,
                                      &run_entry<DotI16, 6, 1>, "own:avx2_i16"};
  return kLoops;
}

}  // namespace rheo

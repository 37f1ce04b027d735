// SPDX-License-Identifier: Apache-2.0
// bf16 sums of products: vdpbf16ps adds two products to each of 16 f32 sums.
// Tested by tests/agree/kernels_conv2d_test.cpp.
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // gcc 12 means the unused operand inside its own intrinsics
#endif
#include <immintrin.h>

#include "kernels/cpu/lanes/finish_bf16.h"
#include "kernels/cpu/lanes/loops.h"
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

  template <int P, int V>
  static RHEO_INLINE bool finish(const Sum (&sums)[P][V], const TileCall& call, const Finish& finish) {
    return finish_in_bf16<P, V>(
        [&](auto p, auto v) __attribute__((always_inline)) { return sums[p][v]; },
        [](const F32x16& y) __attribute__((always_inline)) { return _mm512_cvtneps_pbh(bits_as<__m512>(y)); }, call,
        finish);
  }
};

}  // namespace

const DotLoops& dot_bf16() {
  static constexpr DotLoops kLoops = {DotElement::bf16,          DotBf16::kStep,   6, 64, &tile_entry<DotBf16, 6, 4>,
                                      &run_entry<DotBf16, 6, 4>, "own:avx512_bf16"};
  return kLoops;
}

}  // namespace rheo

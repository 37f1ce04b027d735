// SPDX-License-Identifier: Apache-2.0
// 8-bit sums of products: vpdpbusd adds four u8 * i8 products to each of 16 32-bit sums, exactly.
// Tested by tests/agree/kernels_conv2d_test.cpp.
#include <immintrin.h>

#include "kernels/cpu/lanes/finish_bf16.h"
#include "kernels/cpu/lanes/finish_bytes.h"
#include "kernels/cpu/lanes/loops.h"
#include "kernels/cpu/lanes/tile.h"

namespace rheo {
namespace {

struct DotU8 {
  using Sum = I32x16;
  static constexpr int kStep = 4;
  static RHEO_INLINE Sum first(const std::int32_t* start) { return load<I32x16>(start); }
  static RHEO_INLINE Sum multiply_add(const Sum& sum, const std::byte* element, const std::byte* weights) {
    std::int32_t quad;
    std::memcpy(&quad, element, sizeof(quad));
    return bits_as<I32x16>(_mm512_dpbusd_epi32(bits_as<__m512i>(sum), _mm512_set1_epi32(quad), load<__m512i>(weights)));
  }
  static RHEO_INLINE F32x16 to_f32(const Sum& sum) { return convert_lanes<F32x16>(sum); }
  // Results that are bytes again, or bf16, go from the registers to their place.
  template <int P, int V>
  static RHEO_INLINE bool finish(const Sum (&sums)[P][V], const TileCall& call, const Finish& finish) {
    const auto bits = [&](auto p, auto v) __attribute__((always_inline)) { return bits_as<__m512i>(sums[p][v]); };
    if (finish_in_bytes<P, V>(bits, call, finish)) return true;
    return finish_in_bf16<P, V>(
        [&](auto p, auto v) __attribute__((always_inline)) { return to_f32(sums[p][v]); },
        [](const F32x16& y) __attribute__((always_inline)) { return bf16_from_f32(y); }, call, finish);
  }
};

}  // namespace

const DotLoops& dot_vnni() {
  static constexpr DotLoops kLoops = {DotElement::u8,          DotU8::kStep,     6, 64, &tile_entry<DotU8, 6, 4>,
                                      &run_entry<DotU8, 6, 4>, "own:avx512_vnni"};
  return kLoops;
}

}  // namespace rheo

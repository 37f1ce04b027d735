// SPDX-License-Identifier: Apache-2.0
// bf16 sums of products: vdpbf16ps adds two products to each of 16 f32 sums.
// Tested by tests/agree/kernels_conv2d_test.cpp.
#include <immintrin.h>

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
};

}  // namespace

const DotLoops& dot_bf16() {
  static constexpr DotLoops kLoops = {
      DType::bf16, DotBf16::kStep, 6, 64, &tile_entry<DotBf16, 6, 4>, &run_entry<DotBf16, 6, 4>, "own:avx512_bf16"};
  return kLoops;
}

}  // namespace rheo

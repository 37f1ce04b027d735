// SPDX-License-Identifier: Apache-2.0
#include "run/finite.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <limits>
#include <vector>

namespace rheo {
namespace {

TEST(Finite, FindsASingleBadElementWhereverItIs) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  for (const float bad : {kInfinity, -kInfinity, std::numeric_limits<float>::quiet_NaN()}) {
    for (std::size_t place = 0; place < 24; ++place) {
      std::vector<float> elements(24, std::numeric_limits<float>::max());
      EXPECT_TRUE(all_finite(TensorView(elements.data(), {2, 3, 4})));
      elements[place] = bad;
      EXPECT_FALSE(all_finite(TensorView(elements.data(), {2, 3, 4}))) << place;
    }
  }
}

TEST(Finite, LooksOnlyAtWhatAStridedViewShows) {
  std::vector<float> elements(12, 1.0F);
  elements[5] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(all_finite(TensorView(elements.data(), DType::f32, {2, 3}, {6, 2})));  // 0 2 4, 6 8 10
  EXPECT_FALSE(all_finite(TensorView(elements.data() + 1, DType::f32, {2, 3}, {6, 2})));
}

TEST(Finite, KnowsTheHalfTypesAndPassesIntegers) {
  const std::array<std::uint16_t, 3> bf16 = {0x3F80, 0x7F7F, 0x7F80};
  EXPECT_TRUE(all_finite(TensorView(bf16.data(), DType::bf16, {2})));
  EXPECT_FALSE(all_finite(TensorView(bf16.data(), DType::bf16, {3})));
  const std::array<std::uint16_t, 3> f16 = {0x3C00, 0x7BFF, 0x7E00};
  EXPECT_TRUE(all_finite(TensorView(f16.data(), DType::f16, {2})));
  EXPECT_FALSE(all_finite(TensorView(f16.data(), DType::f16, {3})));
  const std::array<std::int32_t, 1> integer = {-1};
  EXPECT_TRUE(all_finite(TensorView(integer.data(), {1})));
  const float scalar = std::numeric_limits<float>::infinity();
  EXPECT_FALSE(all_finite(TensorView(&scalar, Shape{})));
  EXPECT_TRUE(all_finite(TensorView(&scalar, Shape{0})));
}

}  // namespace
}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
#include "tensor/half.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace rheo {
namespace {

// The neighbour search is the definition of rounding to nearest even, written the slow way.
template <typename ToFloat>
std::uint16_t nearest_even(float value, ToFloat to_float) {
  std::uint16_t best = 0;
  double best_distance = std::numeric_limits<double>::infinity();
  for (std::uint32_t bits = 0; bits < 0x8000U; ++bits) {
    const double candidate = to_float(static_cast<std::uint16_t>(bits));
    if (!std::isfinite(candidate)) break;
    const double distance = std::abs(candidate - std::abs(static_cast<double>(value)));
    if (distance < best_distance || (distance == best_distance && (bits & 1U) == 0)) {
      best = static_cast<std::uint16_t>(bits);
      best_distance = distance;
    }
  }
  return static_cast<std::uint16_t>(best | (std::signbit(value) ? 0x8000U : 0U));
}

TEST(Half, EveryPatternSurvivesTheWayThroughFloat) {
  for (std::uint32_t bits = 0; bits < 0x10000U; ++bits) {
    const auto pattern = static_cast<std::uint16_t>(bits);
    const float from_bf16 = bf16_to_f32(pattern);
    const float from_f16 = f16_to_f32(pattern);
    if (std::isnan(from_bf16)) {
      EXPECT_TRUE(std::isnan(bf16_to_f32(f32_to_bf16(from_bf16)))) << bits;
    } else {
      EXPECT_EQ(f32_to_bf16(from_bf16), pattern);
    }
    if (std::isnan(from_f16)) {
      EXPECT_TRUE(std::isnan(f16_to_f32(f32_to_f16(from_f16)))) << bits;
    } else {
      EXPECT_EQ(f32_to_f16(from_f16), pattern);
    }
  }
}

TEST(Half, RoundsToNearestEven) {
  for (const float value : {1.0F, -1.00390625F, 1.01171875F, 3.14159265F, 65519.0F, 0x1p-14F, 0x1.8p-24F, 0x1p-25F,
                            0x1.000002p-25F, 0x1.ffcp-15F, 5.96e-8F, -2.5e-7F, 2049.0F, 2051.0F}) {
    EXPECT_EQ(f32_to_f16(value), nearest_even(value, f16_to_f32)) << value;
    EXPECT_EQ(f32_to_bf16(value), nearest_even(value, bf16_to_f32)) << value;
  }
}

TEST(Half, KeepsInfinityAndOverflowsToIt) {
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(f32_to_bf16(infinity), 0x7f80);
  EXPECT_EQ(f32_to_bf16(-std::numeric_limits<float>::max()), 0xff80);
  EXPECT_EQ(f32_to_f16(infinity), 0x7c00);
  EXPECT_EQ(f32_to_f16(-65520.0F), 0xfc00);
  EXPECT_EQ(f32_to_f16(65519.96F), 0x7bff);
}

TEST(Half, ANanWithOnlyLowBitsDoesNotBecomeInfinity) {
  const float low_nan = std::bit_cast<float>(0x7f800001U);
  EXPECT_TRUE(std::isnan(bf16_to_f32(f32_to_bf16(low_nan))));
  EXPECT_TRUE(std::isnan(f16_to_f32(f32_to_f16(low_nan))));
}

}  // namespace
}  // namespace rheo

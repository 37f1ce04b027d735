// SPDX-License-Identifier: Apache-2.0
#include "base/checked.h"

#include <gtest/gtest.h>

namespace rheo {
namespace {

TEST(Checked, GivesNothingOnOverflow) {
  EXPECT_EQ(checked_add<std::int64_t>(2, 3), 5);
  EXPECT_FALSE(checked_add<std::int64_t>(INT64_MAX, 1).has_value());
  EXPECT_EQ(checked_mul<std::uint64_t>(1U << 31, 2), std::uint64_t{1} << 32);
  EXPECT_FALSE(checked_mul<std::uint64_t>(std::uint64_t{1} << 32, std::uint64_t{1} << 32).has_value());
}

TEST(Checked, SaturatesSizes) {
  EXPECT_EQ(saturating_add(2, 3), 5U);
  EXPECT_EQ(saturating_add(SIZE_MAX, 1), SIZE_MAX);
  EXPECT_EQ(saturating_mul(6, 7), 42U);
  EXPECT_EQ(saturating_mul(std::size_t{1} << 40, std::size_t{1} << 40), SIZE_MAX);
  EXPECT_EQ(saturating_mul(SIZE_MAX, 0), 0U);
}

TEST(Checked, AlignsUpward) {
  EXPECT_EQ(align_up(0, 64), 0U);
  EXPECT_EQ(align_up(1, 64), 64U);
  EXPECT_EQ(align_up(64, 64), 64U);
  EXPECT_EQ(align_up(65, 64), 128U);
  EXPECT_EQ(align_up(SIZE_MAX - 63, 64), SIZE_MAX - 63);
  EXPECT_EQ(align_up(SIZE_MAX - 62, 64), SIZE_MAX);
  EXPECT_EQ(checked_align_up(65, 64), 128U);
  EXPECT_EQ(checked_align_up(SIZE_MAX - 63, 64), SIZE_MAX - 63);
  EXPECT_FALSE(checked_align_up(SIZE_MAX - 62, 64).has_value());
}

}  // namespace
}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
#include "op/run_time_scale.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace rheo {
namespace {

TEST(RunTimeScale, SpreadsTheRangeAndZeroOver255Steps) {
  EXPECT_EQ(run_time_scale(-1, 1.55F).scale, 2.55F / 255);
  EXPECT_EQ(run_time_scale(-1, 1.55F).zero_point, 100);
  EXPECT_EQ(run_time_scale(2, 5.1F).scale, 5.1F / 255);
  EXPECT_EQ(run_time_scale(2, 5.1F).zero_point, 0);
  EXPECT_EQ(run_time_scale(-5.1F, -2).scale, 5.1F / 255);
  EXPECT_EQ(run_time_scale(-5.1F, -2).zero_point, 255);
}

TEST(RunTimeScale, AHalfStepGoesToTheEvenZeroPoint) {
  EXPECT_EQ(run_time_scale(-0.5F, 254.5F).zero_point, 0);
  EXPECT_EQ(run_time_scale(-1.5F, 253.5F).zero_point, 2);
}

TEST(RunTimeScale, NothingToSpread) {
  EXPECT_EQ(run_time_scale(0, 0).scale, 1);
  EXPECT_EQ(run_time_scale(0, 0).zero_point, 0);
  EXPECT_EQ(run_time_scale(0, std::numeric_limits<float>::denorm_min()).scale, 1);
}

TEST(RunTimeScale, WhatIsNotFiniteShows) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  constexpr float kLargest = std::numeric_limits<float>::max();
  EXPECT_TRUE(std::isnan(run_time_scale(0, kInfinity).scale));
  EXPECT_TRUE(std::isnan(run_time_scale(-kInfinity, 0).scale));
  EXPECT_TRUE(std::isnan(run_time_scale(std::nanf(""), 1).scale));
  EXPECT_TRUE(std::isnan(run_time_scale(-kLargest, kLargest).scale));
}

}  // namespace
}  // namespace rheo

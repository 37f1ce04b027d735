// SPDX-License-Identifier: Apache-2.0
#include "adapt/magnitudes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/random.h"

namespace rheo {
namespace {

// Nearly normal elements of deviation 1, one in a thousand ten times as large.
std::vector<float> with_outliers(std::size_t count) {
  SplitMix64 random(3);
  std::vector<float> elements;
  for (std::size_t i = 0; i < count; ++i) {
    double sum = -6;
    for (int term = 0; term < 12; ++term) sum += random.uniform();
    elements.push_back(static_cast<float>(i % 1000 == 999 ? 10 * sum : sum));
  }
  return elements;
}

float largest_of(std::span<const float> elements) {
  float largest = 0;
  for (const float element : elements) largest = std::max(largest, std::fabs(element));
  return largest;
}

TEST(Magnitudes, RulesCutOffMoreAndMore) {
  const std::vector<float> elements = with_outliers(200'000);
  const float largest = largest_of(elements);
  Magnitudes magnitudes(largest, 127);
  magnitudes.add(elements);
  EXPECT_EQ(magnitudes.end_of(RangeRule::largest), largest);
  const float percentile = magnitudes.end_of(RangeRule::percentile);
  const float tight = magnitudes.end_of(RangeRule::tight);
  EXPECT_LT(percentile, largest);
  EXPECT_LT(tight, percentile);
  EXPECT_GT(tight, 3);
  for (const auto& [end, share] : {std::pair{percentile, 1e-4}, {tight, 1e-3}}) {
    const auto above = std::ranges::count_if(elements, [end = end](float e) { return std::fabs(e) > end; });
    EXPECT_LE(static_cast<double>(above), share * 200'000);
    EXPECT_GT(static_cast<double>(above), 0.3 * share * 200'000) << "cuts off what it may";
  }
}

TEST(Magnitudes, EntropyCutsOutliersOffAndNothingElse) {
  const std::vector<float> elements = with_outliers(200'000);
  Magnitudes magnitudes(largest_of(elements), 127);
  magnitudes.add(elements);
  EXPECT_LT(magnitudes.end_of(RangeRule::entropy), 0.8F * largest_of(elements));
  EXPECT_GT(magnitudes.end_of(RangeRule::entropy), 3);
  SplitMix64 random(4);
  std::vector<float> even;
  for (int i = 0; i < 200'000; ++i) even.push_back(static_cast<float>(random.uniform()));
  Magnitudes without(1, 255);
  without.add(even);
  EXPECT_GT(without.end_of(RangeRule::entropy), 0.9F);
}

TEST(Magnitudes, EveryRuleLeavesARange) {
  Magnitudes nothing(2.5F, 127);
  Magnitudes zeros(0, 255);
  zeros.add(std::vector<float>(100, 0.0F));
  Magnitudes one(3, 127);
  one.add(std::vector<float>(100, 3.0F));
  Magnitudes odd(1, 127);
  odd.add(std::vector<float>{0.5F, std::nanf(""), HUGE_VALF, -0.25F});
  for (const RangeRule rule : kRangeRules) {
    EXPECT_GT(nothing.end_of(rule), 0) << name_of(rule);
    EXPECT_LE(nothing.end_of(rule), 2.5F) << name_of(rule);
    EXPECT_EQ(zeros.end_of(rule), 0) << name_of(rule);
    EXPECT_FLOAT_EQ(one.end_of(rule), 3) << name_of(rule);
    EXPECT_GT(odd.end_of(rule), 0) << name_of(rule);
    EXPECT_LE(odd.end_of(rule), 1) << name_of(rule);
  }
}

}  // namespace
}  // namespace rheo

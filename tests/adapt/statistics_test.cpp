// SPDX-License-Identifier: Apache-2.0
#include "adapt/statistics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace rheo {
namespace {

constexpr double kTolerance = 1e-6;

struct LargestK {
  std::int64_t n;
  std::int64_t exact[4];
  std::int64_t hoeffding_bentkus[4];
};

TEST(MostLosses, MatchesTheTableForBothTests) {
  const double risks[] = {0.005, 0.01, 0.02, 0.05};
  const LargestK table[] = {
      {300, {-1, 0, 1, 8}, {-1, 0, 1, 7}},          {500, {-1, 1, 4, 16}, {-1, 0, 3, 14}},
      {1000, {1, 4, 12, 38}, {0, 3, 10, 35}},       {2000, {4, 12, 29, 83}, {3, 10, 26, 79}},
      {5000, {16, 38, 83, 224}, {14, 35, 79, 217}}, {10000, {38, 83, 176, 463}, {35, 79, 170, 454}},
  };
  for (const LargestK& row : table) {
    for (std::size_t r = 0; r < 4; ++r) {
      EXPECT_EQ(most_losses(row.n, risks[r], 0.05), row.exact[r]) << row.n << " " << risks[r];
      std::int64_t k = -1;
      while (hoeffding_bentkus(static_cast<double>(k + 1), row.n, risks[r]) <= 0.05) ++k;
      EXPECT_EQ(k, row.hoeffding_bentkus[r]) << row.n << " " << risks[r];
    }
  }
}

TEST(HoeffdingBentkus, GivesTheGoldens) {
  EXPECT_NEAR(hoeffding_bentkus(3, 1000, 0.01), 0.0273803, kTolerance);
  EXPECT_NEAR(hoeffding_bentkus(4, 1000, 0.01), 0.0779777, kTolerance);
  // A sum that carries a rounding error counts as the integer it stands for.
  EXPECT_NEAR(hoeffding_bentkus(3 + 1e-12, 1000, 0.01), 0.0273803, kTolerance);
  EXPECT_EQ(hoeffding_bentkus(50, 1000, 0.01), 1);
}

// Clean 0/1 samples that the betting test needs with bets up to 1.
int clean_samples(double risk) {
  for (int n = 1;; ++n) {
    const std::vector<double> x(static_cast<std::size_t>(n), 0.0);
    if (betting_log_wealth(x, risk, 0.05, 1) >= std::log(1 / 0.05)) return n;
  }
}

TEST(BettingTest, NeedsTheKnownNumberOfCleanSamples) {
  EXPECT_EQ(clean_samples(0.01), 308);
  EXPECT_EQ(clean_samples(0.005), 614);
  EXPECT_EQ(clean_samples(0.02), 154);
}

TEST(AccuracyDrop, GivesTheGoldens) {
  const std::vector<std::int8_t> zeros(400, 0);
  EXPECT_NEAR(accuracy_drop_log_wealth(zeros, 0.01, 0.05), 3.458141, kTolerance);
  std::vector<std::int8_t> mixed(20, 0);
  mixed[3] = 1;
  mixed[12] = 1;
  mixed[7] = -1;
  EXPECT_NEAR(accuracy_drop_log_wealth(mixed, 0.01, 0.05), 0.022219, kTolerance);
}

TEST(AccuracyDrop, NeedsTheKnownNumberOfCleanSamples) {
  const auto needed = [](double limit, double largest_bet) {
    for (int n = 1;; ++n) {
      const std::vector<double> x(static_cast<std::size_t>(n), 0.5);
      if (betting_log_wealth(x, (1 + limit) / 2, 0.05, largest_bet) >= std::log(1 / 0.05)) return n;
    }
  };
  EXPECT_EQ(needed(0.005, 1), 1217);
  EXPECT_EQ(needed(0.01, 1), 609);
  EXPECT_EQ(needed(0.02, 1), 305);
  const auto needed_fixed = [&](double limit) { return needed(limit, 0.9 / (1 - (1 + limit) / 2)); };
  EXPECT_EQ(needed_fixed(0.005), 696);
  EXPECT_EQ(needed_fixed(0.01), 347);
  EXPECT_EQ(needed_fixed(0.02), 173);
}

TEST(AccuracyDrop, TheBoundIsWhereTheTestTurns) {
  std::vector<std::int8_t> drops(2000, 0);
  for (std::size_t i = 0; i < drops.size(); i += 100) drops[i] = 1;
  const double bound = accuracy_drop_upper_bound(drops, 0.05);
  EXPECT_GT(bound, 0.01);  // the share that was lost
  EXPECT_LT(bound, 0.03);
  std::vector<double> x;
  for (const std::int8_t drop : drops) x.push_back((drop + 1) / 2.0);
  EXPECT_GE(betting_log_wealth(x, (1 + bound + 1e-9) / 2, 0.05, 1), std::log(1 / 0.05));
  EXPECT_LT(betting_log_wealth(x, (1 + bound - 1e-4) / 2, 0.05, 1), std::log(1 / 0.05));
  EXPECT_EQ(accuracy_drop_p_value(drops, 1.0, 0.05), 0);
}

}  // namespace
}  // namespace rheo

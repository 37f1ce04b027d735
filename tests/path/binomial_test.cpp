// SPDX-License-Identifier: Apache-2.0
#include "path/binomial.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <vector>

namespace rheo {
namespace {

constexpr double kTolerance = 1e-6;

TEST(BinomialTail, GivesTheExactGoldens) {
  EXPECT_NEAR(binomial_tail(0, 299, 0.01), 0.0495363, 1e-7);
  EXPECT_NEAR(binomial_tail(0, 298, 0.01), 0.0500366, 1e-7);
  EXPECT_NEAR(binomial_tail(4, 1000, 0.01), 0.0286864, 1e-7);
  EXPECT_NEAR(binomial_tail(5, 1000, 0.01), 0.0661395, 1e-7);
  EXPECT_NEAR(binomial_tail(83, 10000, 0.01), 0.0455192, 1e-7);
  EXPECT_NEAR(binomial_tail(84, 10000, 0.01), 0.0566464, 1e-7);
  EXPECT_NEAR(binomial_tail(5, 500, 0.02), 0.0651919, 1e-7);
}

TEST(BinomialTail, HoldsAtTheEdges) {
  EXPECT_EQ(binomial_tail(-1, 10, 0.5), 0);
  EXPECT_EQ(binomial_tail(10, 10, 0.5), 1);
  EXPECT_EQ(binomial_tail(0, 0, 0.5), 1);
  EXPECT_EQ(binomial_tail(3, 10, 0), 1);
  EXPECT_EQ(binomial_tail(3, 10, 1), 0);
  // The mass at k is smaller than any double; nearly everything lies below it.
  EXPECT_NEAR(binomial_tail(900'000, 1'000'000, 0.01), 1, kTolerance);
  EXPECT_NEAR(binomial_tail(5, 10, 0.5), 0.623046875, 1e-12);
}

TEST(BinomialUpperBound, GivesTheExactGoldens) {
  EXPECT_NEAR(binomial_upper_bound(4, 1000, 0.05), 0.00912995, 1e-8);
  EXPECT_NEAR(binomial_upper_bound(83, 10000, 0.05), 0.00995392, 1e-8);
  EXPECT_NEAR(binomial_upper_bound(0, 299, 0.05), 0.00996915, 1e-8);
  EXPECT_EQ(binomial_upper_bound(7, 7, 0.05), 1);
}

TEST(FewestInputs, MatchesTheTable) {
  const std::vector<std::vector<std::int64_t>> expected = {
      {598, 299, 149, 59}, {460, 230, 114, 45}, {919, 459, 228, 90}};
  const double deltas[] = {0.05, 0.1, 0.01};
  const double risks[] = {0.005, 0.01, 0.02, 0.05};
  for (std::size_t d = 0; d < 3; ++d) {
    for (std::size_t r = 0; r < 4; ++r) EXPECT_EQ(fewest_inputs(risks[r], deltas[d]), expected[d][r]);
  }
}

TEST(BoundFollows, FromTheCountsAlone) {
  for (const double delta : {0.05, 0.025, 1e-3, 1e-30}) {
    for (const std::int64_t k : {0, 1, 4, 500, 999}) {
      const double bound = binomial_upper_bound(k, 1000, delta);
      EXPECT_TRUE(bound_follows(bound, k, 1000, delta)) << k << " " << delta;
      EXPECT_TRUE(bound_follows(0.5 * (1 + bound), k, 1000, delta)) << k << " " << delta;
      EXPECT_FALSE(bound_follows(bound - 1e-6, k, 1000, delta)) << k << " " << delta;
    }
  }
  EXPECT_FALSE(bound_follows(0, 0, 1000, 0.05));
  EXPECT_TRUE(bound_follows(1, 1000, 1000, 0.05));
  EXPECT_FALSE(bound_follows(0.999, 1000, 1000, 0.05));
  EXPECT_FALSE(bound_follows(0.5, 0, 0, 0.05));  // nothing was read
}

// Whatever counts a file claims.
TEST(BoundFollows, EndsSoonForTheLargestCounts) {
  constexpr std::int64_t kMany = std::numeric_limits<std::int32_t>::max();
  for (const std::int64_t k : {std::int64_t{0}, std::int64_t{3}, kMany / 2, kMany - 1}) {
    EXPECT_FALSE(bound_follows(1e-12, k, kMany, 0.05)) << k;
    EXPECT_FALSE(bound_follows(static_cast<double>(k) / static_cast<double>(kMany), k, kMany, 0.05)) << k;
    EXPECT_EQ(bound_follows(1 - 1e-10, k, kMany, 0.05), k < kMany - 1) << k;
  }
}

}  // namespace
}  // namespace rheo

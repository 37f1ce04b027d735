// SPDX-License-Identifier: Apache-2.0
#include "adapt/chain.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "support/simulated_table.h"

namespace rheo {
namespace {

using testing_support::Precisions;

class ChainTest : public testing::Test {
 protected:
  double objective_us(std::vector<ThresholdsRung> rungs, double price_us) const {
    const Replay result = replay(set, *make_thresholds_policy(std::move(rungs)).value()).value();
    return result.cost_us + price_us * result.disagreement;
  }

  const Ladder ladder = testing_support::simulated_ladder(Precisions::f32_only);
  const AgreementTable table = testing_support::simulated_table(ladder, 1500, 6);
  const std::vector<int> rows = testing_support::rows(0, 1500);
  const std::shared_ptr<const Estimator> estimator = make_plain_estimator();
  const ReplaySet set{table, ladder, *estimator, rows};
  const ChainTuner tuner{set};
};

TEST_F(ChainTest, IsAsGoodAsTryingAllMarginsOfOneExit) {
  for (const double price_us : {300.0, 2000.0, 10'000.0}) {
    double tried_us = std::numeric_limits<double>::infinity();
    for (std::uint8_t exit = 0; exit < 3; ++exit) {
      for (float margin = 0; margin <= 1; margin += 0.02f) {
        tried_us = std::min(tried_us, objective_us({{PathId{exit}, margin}, {PathId{3}, 0}}, price_us));
      }
    }
    EXPECT_LE(objective_us(tuner.best_chain(price_us), price_us), tried_us * 1.0001) << price_us;
  }
}

TEST_F(ChainTest, AFreeMistakeNeedsOnlyTheCheapestPath) {
  const auto chain = tuner.best_chain(0);
  ASSERT_EQ(chain.size(), 1u);
  EXPECT_EQ(chain[0].path, PathId{0});
}

TEST_F(ChainTest, ADearMistakeEndsAtTheReference) {
  const auto chain = tuner.best_chain(1e6);
  EXPECT_EQ(chain.back().path, ladder.reference());
  EXPECT_EQ(chain.back().margin, 0);
  EXPECT_EQ(replay(set, *make_thresholds_policy(chain).value()).value().losses.disagreements, 0);
}

TEST_F(ChainTest, StartingNearbyIsNoWorse) {
  const auto near = tuner.best_chain(3000);
  EXPECT_LE(objective_us(tuner.best_chain(3300, near), 3300), objective_us(tuner.best_chain(3300), 3300) * 1.02);
}

}  // namespace
}  // namespace rheo

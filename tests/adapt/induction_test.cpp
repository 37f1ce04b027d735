// SPDX-License-Identifier: Apache-2.0
#include "adapt/induction.h"

#include <gtest/gtest.h>

#include <cmath>

#include "adapt/calibration.h"
#include "support/simulated_table.h"

namespace rheo {
namespace {

using testing_support::Precisions;

class InductionTest : public testing::Test {
 protected:
  double expected_us(const TradeoffTable& table, std::size_t row, std::size_t path, int bin) const {
    return table.expected_us[(row * ladder.size() + path) * TradeoffTable::kBins + static_cast<std::size_t>(bin)];
  }

  const Ladder ladder = testing_support::simulated_ladder(Precisions::int8_and_f32);
  const AgreementTable table = testing_support::simulated_table(ladder, 3000, 4);
  const std::vector<int> rows = testing_support::rows(0, 3000);
  const std::shared_ptr<const Estimator> estimator =
      make_calibrated_estimator(fit_calibrated_model(table, rows).value()).value();
  const ReplaySet set{table, ladder, *estimator, rows};
  const InductionStates states{set};
};

TEST_F(InductionTest, StatesHoldWhatTheEstimatorSays) {
  EvidenceList evidence;
  const auto look = [&](PathId path) {
    evidence.push_back(table.evidence(path, 77));
    const Complexity complexity = estimator->estimate({table.statistics(77), evidence, ladder});
    evidence.update(complexity);
  };
  look(PathId{1});
  EXPECT_EQ(states.after(1, 1)[77], evidence.best().agreement);
  look(PathId{5});
  EXPECT_EQ(states.after(1, 5)[77], evidence.best().agreement);
  EXPECT_EQ(states.differs_after(1, 5)[77] != 0, evidence.best().answer != table.reference_answer(77));
  EXPECT_EQ(states.bins_after(1, 5)[77], TradeoffTable::bin_of(evidence.best().agreement));
  const double fresh_us = ladder.profile(PathId{5}).latency_us;
  EXPECT_EQ(states.step_us(5, 5), fresh_us);
  EXPECT_EQ(states.step_us(1, 5), fresh_us - ladder.profile(PathId{1}).latency_us);  // both int8
}

TEST_F(InductionTest, PathsRunOnlyInTheLaddersOrder) {
  const TradeoffTable fitted = fit_tradeoff_table(states, 3000).table;
  for (std::size_t last = 0; last < ladder.size(); ++last) {
    for (std::size_t next = 0; next < ladder.size(); ++next) {
      EXPECT_EQ(std::isfinite(expected_us(fitted, last + 1, next, 5)), next > last) << last << " " << next;
    }
  }
  EXPECT_TRUE(make_tradeoff_policy(fitted).ok());
}

TEST_F(InductionTest, GoingStraightToTheReferenceCostsItsTime) {
  const TradeoffTable fitted = fit_tradeoff_table(states, 3000).table;
  const std::size_t reference = ladder.size() - 1;
  for (int bin = 0; bin < TradeoffTable::kBins; ++bin) {
    EXPECT_FLOAT_EQ(static_cast<float>(expected_us(fitted, 0, reference, bin)), 400);
    EXPECT_LE(expected_us(fitted, 1, 1, bin), expected_us(fitted, 1, 1, 0) + 1e-3);  // more agreement, less cost
  }
}

TEST_F(InductionTest, AHigherPriceIsSaferAndDearer) {
  const FittedTable cheap = fit_tradeoff_table(states, 500);
  const FittedTable dear = fit_tradeoff_table(states, 20'000);
  EXPECT_GT(cheap.disagreement, dear.disagreement);
  EXPECT_LT(cheap.cost_us, dear.cost_us);
  const FittedTable free = fit_tradeoff_table(states, 0);
  EXPECT_NEAR(free.cost_us, ladder.profile(PathId{0}).latency_us, 1e-6);  // wrong answers cost nothing
}

TEST_F(InductionTest, WhatItFollowsIsNearlyAReplay) {
  const FittedTable fitted = fit_tradeoff_table(states, 3000);
  const Replay replayed = replay(set, *make_tradeoff_policy(fitted.table).value()).value();
  EXPECT_NEAR(fitted.cost_us / replayed.cost_us, 1, 0.03);
  EXPECT_NEAR(fitted.disagreement, replayed.disagreement, 0.003);
}

}  // namespace
}  // namespace rheo

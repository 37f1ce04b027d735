// SPDX-License-Identifier: Apache-2.0
#include "adapt/table.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>

#include "support/simulated_table.h"

namespace rheo {
namespace {

using testing_support::Precisions;

class ReplayTest : public testing::Test {
 protected:
  const Ladder ladder = testing_support::simulated_ladder(Precisions::f32_only);  // 24, 56, 180, 400 us
  const AgreementTable table = testing_support::simulated_table(ladder, 1000, 3);
  const std::vector<int> rows = testing_support::rows(100, 900);
  const std::shared_ptr<const Estimator> estimator = make_plain_estimator();
  const ReplaySet set{table, ladder, *estimator, rows};
};

TEST_F(ReplayTest, AFixedPathCostsWhatItCostsAndDiffersWhereItDiffers) {
  const Replay first = replay(set, *make_fixed_policy(PathId{1})).value();
  EXPECT_NEAR(first.cost_us, 56, 1e-6);
  EXPECT_NEAR(first.multiply_adds, 56'000, 1e-3);
  std::int64_t differs = 0;
  std::int64_t right = 0;
  for (const int row : rows) {
    const auto input = static_cast<std::size_t>(row);
    differs += table.agrees(PathId{1}, input) ? 0 : 1;
    right += table.evidence(PathId{1}, input).answer == table.label(input) ? 1 : 0;
  }
  EXPECT_GT(differs, 0);
  EXPECT_EQ(first.losses.disagreements, differs);
  EXPECT_EQ(first.losses.inputs, 800);
  EXPECT_NEAR(first.accuracy, static_cast<double>(right) / 800, 1e-9);
  EXPECT_EQ(first.path_counts[1], 800);
  EXPECT_EQ(first.path_runs[1], 800);
  EXPECT_EQ(first.path_runs[0], 0);
  const Replay reference = replay(set, *make_fixed_policy(PathId{3})).value();
  EXPECT_EQ(reference.losses.disagreements, 0);
  double drop = 0;
  for (const std::int8_t d : first.losses.drops) drop += d;
  EXPECT_NEAR(drop / 800, reference.accuracy - first.accuracy, 1e-9);
}

TEST_F(ReplayTest, ClimbingPaysOnlyForWhatIsLeft) {
  const auto climb = make_thresholds_policy({{PathId{0}, 1}, {PathId{1}, 1}, {PathId{3}, 0}}).value();
  const Replay all = replay(set, *climb).value();
  EXPECT_LE(all.cost_us, 400 + 1e-6);
  EXPECT_GT(all.cost_us, 350);
  EXPECT_EQ(all.path_runs[0], 800);
  EXPECT_EQ(all.path_runs[2], 0);
  EXPECT_EQ(all.answered_by.size(), 800u);
  EXPECT_LE(all.multiply_adds, 400'000 + 1e-3);
}

TEST_F(ReplayTest, AFailingPolicyNamesTheInput) {
  class Stubborn final : public Policy {
    Decision decide(const Situation&) const override { return Decision::run(PathId{0}); }
  };
  const auto result = replay(set, Stubborn());
  EXPECT_EQ(result.status().code(), StatusCode::policy_failed);
  EXPECT_NE(result.status().message().find("input 100"), std::string::npos) << result.status().message();
}

TEST_F(ReplayTest, TheOracleAlwaysAgreesAndCostsLess) {
  const Replay oracle = replay_oracle(set);
  EXPECT_EQ(oracle.losses.disagreements, 0);
  EXPECT_LT(oracle.cost_us, 200);
  EXPECT_GE(oracle.cost_us, 24);
}

TEST_F(ReplayTest, ARandomMixtureLiesBetweenItsPaths) {
  const Mixture mixture = best_mixture_at(set, 100);
  const double cheap_us = ladder.profile(mixture.cheap).latency_us;
  const double dear_us = ladder.profile(mixture.dear).latency_us;
  EXPECT_NEAR((1 - mixture.share_dear) * cheap_us + mixture.share_dear * dear_us, 100, 1e-6);
  const double best = replay(set, *make_fixed_policy(mixture.cheap)).value().disagreement;
  EXPECT_LT(mixture.disagreement, best);
  EXPECT_GT(mixture.disagreement, 0);
  EXPECT_GT(mixture.accuracy, 0.5);
  EXPECT_EQ(best_mixture_at(set, 1000).disagreement, 0);
}

TEST_F(ReplayTest, WithoutLabelsThereIsNoAccuracy) {
  AgreementTable unlabelled = table;
  unlabelled.set_label(150, -1);
  const Replay result = replay({unlabelled, ladder, *estimator, rows}, *make_fixed_policy(PathId{0})).value();
  EXPECT_EQ(result.accuracy, -1);
  EXPECT_TRUE(result.losses.drops.empty());
}

TEST_F(ReplayTest, LogitsThatAreNotFiniteGoToTheReference) {
  AgreementTable broken = table;
  std::array<float, 10> logits{};
  logits[4] = std::numeric_limits<float>::quiet_NaN();
  broken.set_logits(PathId{0}, 100, logits);
  const Replay result = replay({broken, ladder, *estimator, rows}, *make_fixed_policy(PathId{0})).value();
  EXPECT_EQ(result.answered_by[0], ladder.reference());
  EXPECT_EQ(result.answered_by[1], PathId{0});
}

}  // namespace
}  // namespace rheo

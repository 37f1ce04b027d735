// SPDX-License-Identifier: Apache-2.0
#include "adapt/tune.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "adapt/calibration.h"
#include "support/simulated_table.h"

namespace rheo {
namespace {

using testing_support::Precisions;
using testing_support::Structure;

constexpr double kLimit = 0.01;

// Tunes on 4000 rows; asks 8000 others what the policies are worth.
struct Scene {
  Scene(Precisions precisions, Structure structure) : Scene(testing_support::simulated_ladder(precisions), structure) {}
  Scene(Ladder rungs, Structure structure)
      : ladder(std::move(rungs)), table(testing_support::simulated_table(ladder, 12'000, 11, structure)) {
    for (std::size_t path = 0; path < ladder.size(); ++path) {
      const PathId id{static_cast<std::uint8_t>(path)};
      table.set_temperature(id, fit_temperature(table, id, tuning));
    }
    estimator = make_calibrated_estimator(fit_calibrated_model(table, tuning).value()).value();
  }
  ReplaySet set(const std::vector<int>& rows) const { return {table, ladder, *estimator, rows}; }

  // Mean cost at a disagreement of kLimit on unseen rows, between the two list entries around it.
  double cost_at_limit_us(const std::vector<TunedPolicy>& list) const {
    double best_us = std::numeric_limits<double>::infinity();
    Replay safer;
    for (const TunedPolicy& policy : list) {
      Replay unseen = replay(set(others), *policy.policy).value();
      if (unseen.disagreement > kLimit && safer.cost_us > 0) {
        const double share = (kLimit - safer.disagreement) / (unseen.disagreement - safer.disagreement);
        best_us = std::min(best_us, safer.cost_us + share * (unseen.cost_us - safer.cost_us));
        break;
      }
      best_us = std::min(best_us, unseen.cost_us);
      safer = std::move(unseen);
    }
    return best_us;
  }

  const std::vector<int> tuning = testing_support::rows(0, 4000);
  const std::vector<int> others = testing_support::rows(4000, 12'000);
  Ladder ladder;
  AgreementTable table;
  std::shared_ptr<const Estimator> estimator;
};

TEST(Tune, ListsAreFrozenSafestFirst) {
  const Scene scene(Precisions::int8_and_f32, Structure::plain);
  const TuneOptions options = options_for(kLimit, 10);
  const std::vector<TunedPolicy> lists[] = {tune_tradeoff(scene.set(scene.tuning), options).value(),
                                            tune_thresholds(scene.set(scene.tuning), options).value()};
  for (const std::vector<TunedPolicy>& list : lists) {
    ASSERT_GE(list.size(), 4u);
    EXPECT_LE(list.size(), 10u);
    for (std::size_t i = 1; i < list.size(); ++i) {
      EXPECT_LE(list[i - 1].tuned.disagreement, list[i].tuned.disagreement);
      EXPECT_GT(list[i - 1].tuned.cost_us, list[i].tuned.cost_us);
    }
    EXPECT_LT(list.front().tuned.disagreement, 0.6 * kLimit);
    EXPECT_GT(list.back().tuned.disagreement, kLimit);
    EXPECT_FALSE(list.front().name.empty());
  }
}

TEST(Tune, TheTradeoffBeatsThresholdsAndBothBeatSinglePaths) {
  for (const Precisions precisions : {Precisions::f32_only, Precisions::int8_and_f32}) {
    const Scene scene(precisions, Structure::plain);
    const TuneOptions options = options_for(kLimit, 12);
    const double tradeoff_us = scene.cost_at_limit_us(tune_tradeoff(scene.set(scene.tuning), options).value());
    const double thresholds_us = scene.cost_at_limit_us(tune_thresholds(scene.set(scene.tuning), options).value());
    double single_us = std::numeric_limits<double>::infinity();
    const std::vector<TunedPolicy> singles = fixed_policies(scene.set(scene.others)).value();
    for (const TunedPolicy& single : singles) {
      if (single.tuned.disagreement <= kLimit) single_us = std::min(single_us, single.tuned.cost_us);
    }
    EXPECT_LT(tradeoff_us, 1.02 * thresholds_us);
    EXPECT_LT(tradeoff_us, 0.8 * single_us);
    EXPECT_LT(thresholds_us, 0.8 * single_us);
    RecordProperty("tradeoff_us", std::to_string(tradeoff_us));
    RecordProperty("thresholds_us", std::to_string(thresholds_us));
    RecordProperty("single_us", std::to_string(single_us));
  }
}

TEST(Tune, TheTradeoffSkipsWhereSkippingPays) {
  // Within one precision a skipped exit saves nothing, its stage runs anyway; changing the precision starts over.
  using testing_support::rung;
  const Scene scene(Ladder::create({rung("exit1", 0, Precision::int8, 8), rung("exit3", 2, Precision::int8, 100),
                                    rung("final", 3, Precision::f32, 400)})
                        .value(),
                    Structure::skippable);
  const TuneOptions options = options_for(kLimit, 12);
  const auto tradeoff = tune_tradeoff(scene.set(scene.tuning), options).value();
  const double tradeoff_us = scene.cost_at_limit_us(tradeoff);
  const double thresholds_us = scene.cost_at_limit_us(tune_thresholds(scene.set(scene.tuning), options).value());
  EXPECT_LT(tradeoff_us, 0.99 * thresholds_us);
  const Policy& policy = *tradeoff[tradeoff.size() / 2].policy;
  int skips = 0;
  for (const int row : scene.tuning) {
    const auto input = static_cast<std::size_t>(row);
    EvidenceList evidence;
    evidence.push_back(scene.table.evidence(PathId{0}, input));
    const Complexity complexity = scene.estimator->estimate({scene.table.statistics(input), evidence, scene.ladder});
    evidence.update(complexity);
    const Decision decision = policy.decide({complexity, evidence, scene.ladder, {}});
    skips += !decision.answers() && decision.path() == scene.ladder.reference() ? 1 : 0;
  }
  EXPECT_GT(skips, 400);
}

TEST(Tune, DropsOnlyWhatNoPolicyOnTheFrontRuns) {
  // A third exit that takes longer than the reference is of use to nobody.
  std::vector<Ladder::Rung> rungs = {
      testing_support::rung("exit1", 0, Precision::f32, 24), testing_support::rung("exit2", 1, Precision::f32, 56),
      testing_support::rung("exit3", 2, Precision::f32, 500), testing_support::rung("final", 3, Precision::f32, 400)};
  const Ladder ladder = Ladder::create(std::move(rungs)).value();
  const AgreementTable table = testing_support::simulated_table(ladder, 3000, 2);
  const auto rows = testing_support::rows(0, 3000);
  const auto estimator = make_calibrated_estimator(fit_calibrated_model(table, rows).value()).value();
  const ReplaySet set{table, ladder, *estimator, rows};
  const auto list = tune_tradeoff(set, options_for(kLimit, 8)).value();
  const auto dropped = unused_paths(set, list);
  ASSERT_EQ(dropped.size(), 1u);
  EXPECT_EQ(dropped[0].path, "exit3.f32");
  EXPECT_NE(dropped[0].reason.find("front"), std::string::npos);
}

TEST(Tune, FreezeDropsWhatIsDearerThanASaferOne) {
  std::vector<TunedPolicy> list(3);
  const double costs_us[] = {10, 30, 20};
  const std::int64_t losses[] = {9, 3, 1};
  for (std::size_t i = 0; i < 3; ++i) {
    list[i].tuned.cost_us = costs_us[i];
    list[i].tuned.losses.disagreements = losses[i];
  }
  freeze(list);
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0].tuned.cost_us, 20);
  EXPECT_EQ(list[1].tuned.cost_us, 10);
}

// Half of the answers that differ are as right or as wrong as the reference's: a list that spans the limit by its
// disagreement would end at half of what is promised.
TEST(Tune, AListForADropSpansTheDrop) {
  Scene scene(Precisions::int8_and_f32, Structure::plain);
  for (std::size_t row = 0; row < scene.table.inputs(); ++row) {
    const auto wrong = (scene.table.reference_answer(row) + 1) % static_cast<int>(scene.table.classes());
    scene.table.set_label(row, row % 2 == 0 ? scene.table.reference_answer(row) : wrong);
  }
  const TuneOptions options = options_for(kLimit, 10, LossKind::accuracy_drop);
  const std::vector<TunedPolicy> lists[] = {tune_tradeoff(scene.set(scene.tuning), options).value(),
                                            tune_thresholds(scene.set(scene.tuning), options).value()};
  for (const std::vector<TunedPolicy>& list : lists) {
    const auto drop_of = [](const TunedPolicy& policy) {
      double drop = 0;
      for (const std::int8_t lost : policy.tuned.losses.drops) drop += lost;
      return drop / static_cast<double>(policy.tuned.losses.drops.size());
    };
    ASSERT_GE(list.size(), 4u);
    EXPECT_LT(drop_of(list.front()), 0.6 * kLimit);
    EXPECT_GT(drop_of(list.back()), kLimit);
    EXPECT_LT(drop_of(list.back()), 2 * kLimit);
    EXPECT_GT(list.back().tuned.disagreement, 1.3 * kLimit);
  }
  scene.table.set_label(0, -1);
  EXPECT_EQ(tune_tradeoff(scene.set(scene.tuning), options).status().code(), StatusCode::invalid_argument);
}

TEST(Tune, RefusesASpanThatMakesNoSense) {
  const Scene scene(Precisions::f32_only, Structure::plain);
  EXPECT_FALSE(tune_tradeoff(scene.set({}), options_for(kLimit, 10)).ok());
  EXPECT_FALSE(tune_tradeoff(scene.set(scene.tuning), {1, 0.001, 0.01}).ok());
  EXPECT_FALSE(tune_thresholds(scene.set(scene.tuning), {5, 0.02, 0.01}).ok());
}

}  // namespace
}  // namespace rheo

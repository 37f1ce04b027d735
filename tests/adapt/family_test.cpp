// SPDX-License-Identifier: Apache-2.0
#include "adapt/family.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "estimate/json.h"
#include "policy/json.h"
#include "support/small_classifier.h"

namespace rheo {
namespace {

using testing::small_options;
using testing::small_workbench;

Family tuned(PolicyKind kind, const Workbench& bench = small_workbench()) {
  AdaptOptions options = small_options();
  options.policy = kind;
  return tune_family(bench, options).value();
}

TEST(Family, TheListIsFrozenSafestFirst) {
  for (const PolicyKind kind : {PolicyKind::fixed, PolicyKind::thresholds, PolicyKind::tradeoff}) {
    const Family family = tuned(kind);
    ASSERT_FALSE(family.policies.empty());
    for (std::size_t i = 1; i < family.policies.size(); ++i) {
      EXPECT_GE(family.policies[i].tuned.disagreement, family.policies[i - 1].tuned.disagreement);
      EXPECT_LT(family.policies[i].tuned.cost_us, family.policies[i - 1].tuned.cost_us);
    }
  }
}

TEST(Family, DropsPathsThatNobodyRunsAndSaysWhy) {
  const Family family = tuned(PolicyKind::tradeoff);
  EXPECT_EQ(family.ladder.size() + family.dropped.size(), small_workbench().ladder.size());
  EXPECT_EQ(family.table.paths(), family.ladder.size());
  EXPECT_EQ(family.ladder.name(family.ladder.reference()), "final.f32");
  for (const DroppedPath& dropped : family.dropped) {
    EXPECT_FALSE(family.ladder.find(dropped.path).ok()) << dropped.path;
    EXPECT_NE(dropped.reason.find("front"), std::string::npos) << dropped.reason;
  }
  EXPECT_EQ(tuned(PolicyKind::fixed).ladder.size(), small_workbench().ladder.size());
}

TEST(Family, TheLadderSaysWhatSplitAShowed) {
  const Family family = tuned(PolicyKind::tradeoff);
  const std::vector<int>& rows = small_workbench().tuning;
  for (std::size_t i = 0; i < family.ladder.size(); ++i) {
    const PathId path{static_cast<std::uint8_t>(i)};
    const auto agreeing = std::count_if(
        rows.begin(), rows.end(), [&](int row) { return family.table.agrees(path, static_cast<std::size_t>(row)); });
    EXPECT_DOUBLE_EQ(family.ladder.profile(path).agreement,
                     static_cast<double>(agreeing) / static_cast<double>(rows.size()));
    EXPECT_EQ(static_cast<float>(family.ladder.profile(path).temperature), family.table.temperature(path));
  }
  EXPECT_EQ(family.ladder.profile(family.ladder.reference()).agreement, 1);
}

// Everything that is chosen must come out the same whatever half B holds.
TEST(Family, TuningNeverLooksAtSplitB) {
  Workbench scrambled = small_workbench();
  for (const int row : scrambled.certification) {
    for (std::size_t i = 0; i < scrambled.ladder.size(); ++i) {
      const std::vector<float> nonsense = {0, static_cast<float>(i), 3, -1, static_cast<float>(row % 7)};
      scrambled.table.set_logits(PathId{static_cast<std::uint8_t>(i)}, static_cast<std::size_t>(row), nonsense);
    }
    scrambled.table.set_label(static_cast<std::size_t>(row), 0);
  }
  for (const PolicyKind kind : {PolicyKind::fixed, PolicyKind::thresholds, PolicyKind::tradeoff}) {
    const Family plain = tuned(kind);
    const Family other = tuned(kind, scrambled);
    EXPECT_EQ(estimator_to_json(*plain.estimator).value(), estimator_to_json(*other.estimator).value());
    ASSERT_EQ(plain.policies.size(), other.policies.size());
    for (std::size_t i = 0; i < plain.policies.size(); ++i) {
      EXPECT_EQ(policy_to_json(*plain.policies[i].policy, plain.ladder).value(),
                policy_to_json(*other.policies[i].policy, other.ladder).value());
    }
  }
}

TEST(Family, TheWalkEndsAtTheFirstFailure) {
  const Family family = tuned(PolicyKind::tradeoff);
  const auto count = static_cast<int>(family.policies.size());
  int ended_inside = 0;
  for (const double limit : {0.01, 0.03, 0.05, 0.06, 0.08, 0.1, 0.15, 0.5}) {
    const Promise promise{.max_disagreement = limit};
    const CertifiedFamily certified = certify_family(family, small_workbench().certification, promise).value();
    ASSERT_EQ(certified.verdicts.size(), family.policies.size());
    const auto failure = std::find_if(certified.verdicts.begin(), certified.verdicts.end(),
                                      [](const Verdict& verdict) { return !verdict.certified; });
    const auto passed = static_cast<int>(failure - certified.verdicts.begin());
    if (failure != certified.verdicts.end()) {
      EXPECT_GE(failure->disagreements, 0) << limit;  // the failing one was read, none after it
      for (auto after = failure + 1; after < certified.verdicts.end(); ++after) {
        EXPECT_EQ(after->disagreements, -1) << limit;
        EXPECT_FALSE(after->certified);
      }
    }
    EXPECT_EQ(certified.chosen, passed - 1) << limit;  // bolder is cheaper in a frozen list
    ended_inside += passed > 0 && passed < count ? 1 : 0;
  }
  EXPECT_GT(ended_inside, 0);
}

TEST(Family, TheEstimatorCanBeSwitchedOff) {
  AdaptOptions options = small_options();
  options.use_estimator = false;
  const Family family = tune_family(small_workbench(), options).value();
  EXPECT_EQ(family.estimator->name(), make_plain_estimator()->name());
}

TEST(Family, SaysHowManyInputsCalibrationNeeds) {
  Workbench few = small_workbench();
  few.tuning.resize(20);
  const Status status = tune_family(few, small_options()).status();
  EXPECT_EQ(status.code(), StatusCode::invalid_argument);
  EXPECT_NE(status.message().find("50"), std::string::npos) << status.message();
}

}  // namespace
}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
#include "observe/replay.h"

#include <gtest/gtest.h>

#include <vector>

#include "infer/loop.h"
#include "infer/table_steps.h"
#include "support/simulated_table.h"

namespace rheo {
namespace {

using testing_support::Precisions;

class ReplayTest : public testing::Test {
 protected:
  static constexpr int kInputs = 200;

  // What an engine with this policy would have recorded of every input of the table.
  std::vector<RunRecord> recorded_by(const Policy& policy, std::string_view asked = {}) const {
    std::vector<RunRecord> records;
    for (int row = 0; row < kInputs; ++row) {
      TableSteps steps(table, *ladder);
      std::array<Item, 1> items;
      std::array<Item*, 1> active{};
      items[0].index = row;
      infer({*ladder, *estimator, policy}, items, active, steps);
      RunRecord record;
      record.ladder = ladder;
      record.policy = policy.name();
      record.estimator = estimator->name();
      record.asked = asked;
      record.path = ladder->name(items[0].answer);
      record.decided = items[0].reason;
      record.evidence = items[0].evidence;
      record.statistics = items[0].statistics;
      records.push_back(record);
    }
    return records;
  }

  ReplayReport replay(const std::vector<RunRecord>& records, const Policy& policy, ReplayBy by) const {
    Replayer replayer(*ladder, *estimator, policy, by);
    for (const RunRecord& record : records) replayer.add(record);
    return replayer.report();
  }

  const std::shared_ptr<const Ladder> ladder =
      std::make_shared<const Ladder>(testing_support::simulated_ladder(Precisions::f32_only));  // 24, 56, 180, 400 us
  const AgreementTable table = testing_support::simulated_table(*ladder, kInputs, 3);
  std::shared_ptr<const Estimator> estimator = make_plain_estimator();
  const std::shared_ptr<const Policy> climbing =
      make_thresholds_policy({{PathId{0}, 0.9f}, {PathId{1}, 0.9f}, {PathId{3}, 0}}).value();
};

TEST_F(ReplayTest, TheRecordedPolicyDecidesEveryRequestAsItDidThen) {
  const auto records = recorded_by(*climbing);
  const ReplayReport report = replay(records, *climbing, ReplayBy::recorded);
  EXPECT_EQ(report.records, kInputs);
  EXPECT_EQ(report.reproduced, kInputs);
  EXPECT_EQ(report.differing, 0);
  EXPECT_EQ(report.expected_us, report.recorded_us);
  EXPECT_GT(report.answered_by[0], 0);  // the trace is no trivial one
  EXPECT_GT(report.answered_by[3], 0);
}

TEST_F(ReplayTest, APathTheCallerAskedForIsReplayedAsThatPath) {
  const ReplayReport report =
      replay(recorded_by(*make_fixed_policy(PathId{1}), ladder->name(PathId{1})), *climbing, ReplayBy::recorded);
  EXPECT_EQ(report.reproduced, kInputs);
  EXPECT_EQ(report.answered_by[1], kInputs);
}

TEST_F(ReplayTest, AChangedThresholdAChangedStepAndAChangedReasonAreSeen) {
  auto records = recorded_by(*climbing);
  const auto stricter = make_thresholds_policy({{PathId{0}, 0.91f}, {PathId{1}, 0.9f}, {PathId{3}, 0}}).value();
  const ReplayReport changed = replay(records, *stricter, ReplayBy::recorded);
  EXPECT_LT(changed.reproduced, kInputs);
  records[0].decided.value += 1e-6f;
  EXPECT_EQ(replay(records, *climbing, ReplayBy::recorded).reproduced, kInputs - 1);
  records[1].evidence.explain_last({Measure::custom, 0.5f, 0.5f});
  EXPECT_EQ(replay(records, *climbing, ReplayBy::recorded).reproduced, kInputs - 2);
}

TEST_F(ReplayTest, AnotherPolicyIsFollowedAsFarAsTheTraceReachesAndNoFurther) {
  const auto records = recorded_by(*climbing);
  const ReplayReport cheapest = replay(records, *make_fixed_policy(PathId{0}), ReplayBy::given);
  EXPECT_EQ(cheapest.answered, kInputs);
  EXPECT_EQ(cheapest.expected_us, 24.0 * kInputs);
  EXPECT_GT(cheapest.differing, 0);
  EXPECT_LT(cheapest.differing, kInputs);
  const ReplayReport deepest = replay(records, *make_fixed_policy(PathId{3}), ReplayBy::given);
  EXPECT_GT(deepest.missing, 0);
  EXPECT_GT(deepest.answered, 0);
  EXPECT_EQ(deepest.answered + deepest.missing, kInputs);
  EXPECT_EQ(deepest.missing_at[3], deepest.missing);
  EXPECT_EQ(deepest.differing, 0);  // those that ran it answered with it
}

TEST_F(ReplayTest, WhatCannotBeComparedIsCountedApart) {
  auto records = recorded_by(*climbing);
  records[0].interrupted = StatusCode::deadline_exceeded;
  records[1].policy = "tradeoff";
  records[2].estimator = "calibrated";
  const ReplayReport report = replay(records, *climbing, ReplayBy::recorded);
  EXPECT_EQ(report.cut_short, 1);
  EXPECT_EQ(report.other_minds, 2);
  EXPECT_EQ(report.answered, kInputs - 3);
  EXPECT_EQ(report.reproduced, kInputs - 3);
}

// A recorded step carries what the estimator said of it in the end; the replay has to begin without that.
TEST_F(ReplayTest, AStepIsSeenAsItWasSeenThen) {
  struct Adds final : Estimator {
    Complexity estimate(const Observation& observation) const override {
      Complexity complexity;
      const float before = observation.evidence.empty() ? 0 : observation.evidence.back().agreement;
      complexity.agreement.fill(before + 0.25f);
      return complexity;
    }
  };
  struct Once final : Policy {
    Decision decide(const Situation& situation) const override {
      if (situation.evidence.empty()) return Decision::run(PathId{0});
      const Evidence& last = situation.evidence.back();
      return Decision::answer(last, {Measure::agreement, last.agreement, 0});
    }
  };
  estimator = std::make_shared<Adds>();
  const auto records = recorded_by(Once());
  EXPECT_EQ(records[0].evidence[0].agreement, 0.25f);
  EXPECT_EQ(replay(records, Once(), ReplayBy::recorded).reproduced, kInputs);
}

TEST_F(ReplayTest, APolicyThatNeverAnswersFailsEachRequest) {
  struct Never final : Policy {
    Decision decide(const Situation& situation) const override {
      return situation.evidence.empty() ? Decision::run(PathId{0}) : Decision::run(situation.evidence.back().path);
    }
  };
  const ReplayReport report = replay(recorded_by(*climbing), Never(), ReplayBy::given);
  EXPECT_EQ(report.failed, kInputs);
  EXPECT_EQ(report.answered, 0);
}

}  // namespace
}  // namespace rheo

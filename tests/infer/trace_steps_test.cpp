// SPDX-License-Identifier: Apache-2.0
#include "infer/trace_steps.h"

#include <gtest/gtest.h>

#include <array>

#include "infer/loop.h"
#include "infer/table_steps.h"
#include "support/simulated_table.h"

namespace rheo {
namespace {

using testing_support::Precisions;

class TraceStepsTest : public testing::Test {
 protected:
  Item run(const Policy& policy, Steps& steps) const {
    std::array<Item, 1> items;
    std::array<Item*, 1> active;
    infer({ladder, *estimator, policy}, items, active, steps);
    return items[0];
  }

  const Ladder ladder = testing_support::simulated_ladder(Precisions::f32_only);
  const AgreementTable table = testing_support::simulated_table(ladder, 1, 1);
  const std::shared_ptr<const Estimator> estimator = make_plain_estimator();
};

TEST_F(TraceStepsTest, TheSamePolicyDecidesTheSameAgain) {
  const auto policy = make_thresholds_policy({{PathId{0}, 1}, {PathId{2}, 1}, {PathId{3}, 0}}).value();
  TableSteps recorded_from(table, ladder);
  const Item recorded = run(*policy, recorded_from);
  ASSERT_TRUE(recorded.status.ok());
  TraceSteps trace(std::span(&recorded.evidence, 1), ladder);
  const Item replayed = run(*policy, trace);
  EXPECT_TRUE(replayed.status.ok());
  EXPECT_EQ(replayed.answer, recorded.answer);
  EXPECT_EQ(replayed.evidence.size(), recorded.evidence.size());
}

TEST_F(TraceStepsTest, SaysWhichPathTheTraceLacks) {
  TableSteps recorded_from(table, ladder);
  const Item recorded = run(*make_fixed_policy(PathId{1}), recorded_from);
  TraceSteps trace(std::span(&recorded.evidence, 1), ladder);
  const Item replayed = run(*make_fixed_policy(PathId{2}), trace);
  EXPECT_EQ(replayed.status.code(), StatusCode::not_found);
  EXPECT_NE(replayed.status.message().find("exit3.f32"), std::string::npos) << replayed.status.message();
  TraceSteps nothing({}, ladder);
  EXPECT_EQ(run(*make_fixed_policy(PathId{1}), nothing).status.code(), StatusCode::not_found);
}

}  // namespace
}  // namespace rheo

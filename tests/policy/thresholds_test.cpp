// SPDX-License-Identifier: Apache-2.0
#include "policy/thresholds.h"

#include <gtest/gtest.h>

#include <limits>

#include "support/simulated_table.h"

namespace rheo {
namespace {

using testing_support::Precisions;
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

class ThresholdsTest : public testing::Test {
 protected:
  Decision decide(double budget_us = std::numeric_limits<double>::infinity()) const {
    return policy->decide({complexity, evidence, ladder, {budget_us}});
  }
  void see(PathId path, float margin, bool usable = true) {
    evidence.push_back({.path = path, .answer = 1, .margin = margin, .agreement = margin, .usable = usable});
  }

  const Ladder ladder = testing_support::simulated_ladder(Precisions::f32_only);  // 24, 56, 180, 400 us
  const std::shared_ptr<const Policy> policy =
      make_thresholds_policy({{PathId{0}, 0.8f}, {PathId{2}, 0.5f}, {PathId{3}, 0}}).value();
  const Complexity complexity;
  EvidenceList evidence;
};

TEST_F(ThresholdsTest, AnswersAtTheMarginAndSkipsUnlistedPaths) {
  EXPECT_EQ(decide().path(), PathId{0});
  EXPECT_EQ(decide().reason().measure, Measure::first_step);
  see(PathId{0}, 0.8f);
  const Decision sure = decide();
  EXPECT_TRUE(sure.answers());
  EXPECT_EQ(sure.reason().to_string(), "margin 0.80 >= 0.80");
  evidence.clear();
  see(PathId{0}, 0.7f);
  const Decision unsure = decide();
  EXPECT_FALSE(unsure.answers());
  EXPECT_EQ(unsure.path(), PathId{2});
  EXPECT_EQ(unsure.reason().to_string(), "margin 0.70 < 0.80");
}

TEST_F(ThresholdsTest, TheLastRungAnswersWhateverItsMargin) {
  see(PathId{0}, 0.1f);
  see(PathId{2}, 0.1f);
  EXPECT_EQ(decide().path(), PathId{3});
  see(PathId{3}, 0.0f);
  const Decision last = decide();
  EXPECT_TRUE(last.answers());
  EXPECT_EQ(last.path(), PathId{3});
  EXPECT_EQ(last.reason().measure, Measure::last_rung);
}

TEST_F(ThresholdsTest, NotANumberGoesDeeper) {
  see(PathId{0}, kNan);
  EXPECT_FALSE(decide().answers());
  evidence.clear();
  see(PathId{0}, 1.0f, /*usable=*/false);
  EXPECT_FALSE(decide().answers());
  // On the last of its rungs, the reference is what is left.
  const auto two = make_thresholds_policy({{PathId{0}, 0.8f}, {PathId{1}, 0}}).value();
  see(PathId{1}, kNan, /*usable=*/false);
  const Decision decision = two->decide({complexity, evidence, ladder, {}});
  EXPECT_FALSE(decision.answers());
  EXPECT_EQ(decision.path(), PathId{3});
}

TEST_F(ThresholdsTest, AnswersWhenTheNextRungWouldMissTheDeadline) {
  see(PathId{0}, 0.1f);
  EXPECT_FALSE(decide(157).answers());  // 180 us less the 24 that are done
  const Decision late = decide(155);
  EXPECT_TRUE(late.answers());
  EXPECT_EQ(late.path(), PathId{0});
  EXPECT_EQ(late.reason().measure, Measure::budget);
  evidence.clear();
  EXPECT_FALSE(decide(1).answers());  // nothing to answer with yet
}

TEST(ThresholdsRungs, AreChecked) {
  EXPECT_FALSE(make_thresholds_policy({}).ok());
  EXPECT_FALSE(make_thresholds_policy({{PathId{0}, 1.5f}}).ok());
  EXPECT_FALSE(make_thresholds_policy({{PathId{0}, -0.1f}}).ok());
  EXPECT_FALSE(make_thresholds_policy({{PathId{0}, kNan}}).ok());
  EXPECT_FALSE(make_thresholds_policy({{PathId{0}, 0.5f}, {PathId{0}, 0}}).ok());
  EXPECT_FALSE(make_thresholds_policy({{PathId{32}, 0.5f}}).ok());
}

}  // namespace
}  // namespace rheo

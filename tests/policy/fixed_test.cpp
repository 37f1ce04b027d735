// SPDX-License-Identifier: Apache-2.0
#include "policy/fixed.h"

#include <gtest/gtest.h>

#include "support/simulated_table.h"

namespace rheo {
namespace {

using testing_support::Precisions;

TEST(FixedPolicy, RunsItsPathAndAnswers) {
  const Ladder ladder = testing_support::simulated_ladder(Precisions::f32_only);
  const auto policy = make_fixed_policy(PathId{2});
  EXPECT_EQ(policy->name(), "fixed");
  EvidenceList evidence;
  const Complexity complexity;
  const Situation situation{complexity, evidence, ladder, {}};
  const Decision first = policy->decide(situation);
  EXPECT_FALSE(first.answers());
  EXPECT_EQ(first.path(), PathId{2});
  EXPECT_EQ(first.reason().measure, Measure::fixed_path);
  evidence.push_back({.path = PathId{2}, .answer = 1, .usable = true});
  const Decision second = policy->decide(situation);
  EXPECT_TRUE(second.answers());
  EXPECT_EQ(second.path(), PathId{2});
}

TEST(FixedPolicy, GoesToTheReferenceWhenItsPathIsNotFinite) {
  const Ladder ladder = testing_support::simulated_ladder(Precisions::f32_only);
  const auto policy = make_fixed_policy(PathId{0});
  EvidenceList evidence;
  const Complexity complexity;
  evidence.push_back({.path = PathId{0}, .answer = 1, .usable = false});
  const Decision decision = policy->decide({complexity, evidence, ladder, {}});
  EXPECT_FALSE(decision.answers());
  EXPECT_EQ(decision.path(), ladder.reference());
}

}  // namespace
}  // namespace rheo

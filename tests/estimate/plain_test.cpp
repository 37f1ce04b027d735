// SPDX-License-Identifier: Apache-2.0
#include "estimate/plain.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support/simulated_table.h"

namespace rheo {
namespace {

using testing_support::Precisions;

TEST(PlainEstimator, BelievesProfilesFirstAndEvidenceThen) {
  const Ladder ladder = testing_support::simulated_ladder(Precisions::f32_only);
  const auto estimator = make_plain_estimator();
  const InputStatistics statistics;
  EvidenceList evidence;
  const Complexity before = estimator->estimate({statistics, evidence, ladder});
  EXPECT_FLOAT_EQ(before.agreement[0], 0.85f);
  EXPECT_FLOAT_EQ(before.agreement[3], 1);
  EXPECT_FLOAT_EQ(before.score, 0.15f);
  evidence.push_back({.path = PathId{0}, .answer = 2, .top_probability = 0.6f, .usable = true});
  const Complexity after = estimator->estimate({statistics, evidence, ladder});
  EXPECT_FLOAT_EQ(after.agreement[0], 0.6f);
  EXPECT_FLOAT_EQ(after.agreement[1], 0.9f);
  EXPECT_FLOAT_EQ(after.score, 0.4f);
}

TEST(PlainEstimator, TrustsNothingThatIsNotFinite) {
  const Ladder ladder = testing_support::simulated_ladder(Precisions::f32_only);
  const InputStatistics statistics;
  EvidenceList evidence;
  evidence.push_back({.path = PathId{0}, .answer = 2, .top_probability = 0.6f, .usable = false});
  evidence.push_back({.path = PathId{1}, .answer = 2, .top_probability = std::nanf(""), .usable = true});
  const Complexity after = make_plain_estimator()->estimate({statistics, evidence, ladder});
  EXPECT_EQ(after.agreement[0], 0);
  EXPECT_EQ(after.agreement[1], 0);
  EXPECT_EQ(after.score, 1);
}

}  // namespace
}  // namespace rheo

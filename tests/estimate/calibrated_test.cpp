// SPDX-License-Identifier: Apache-2.0
#include "estimate/calibrated.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support/simulated_table.h"

namespace rheo {
namespace {

using testing_support::Precisions;
constexpr auto kFeatures = CalibratedModel::kFeatures;

CalibratedModel empty_model(int paths, int classes) {
  const auto p = static_cast<std::size_t>(paths);
  CalibratedModel model;
  model.paths = paths;
  model.classes = classes;
  model.statistics_scale = {1, 1, 1, 1};
  model.start.resize(p * kFeatures);
  model.own.resize(p * p * kFeatures);
  model.deeper.resize(p * p * kFeatures);
  model.answer_offset.resize(p * static_cast<std::size_t>(classes));
  model.rescue.resize(p * p);
  return model;
}

double probability(double log_odds) { return 1 / (1 + std::exp(-log_odds)); }

class CalibratedTest : public testing::Test {
 protected:
  Complexity estimate() const {
    return make_calibrated_estimator(model).value()->estimate({statistics, evidence, ladder});
  }
  void see(PathId path, std::int32_t answer, float agreement = 0, bool usable = true) {
    evidence.push_back({.path = path,
                        .answer = answer,
                        .top_probability = 0.8f,
                        .margin = 0.7f,
                        .entropy = 0.5f,
                        .agreement = agreement,
                        .usable = usable});
  }
  // The block of weights that is used after path i with k before it.
  float* own(std::size_t i, std::size_t k) { return &model.own[(i * 4 + k) * kFeatures]; }

  const Ladder ladder = testing_support::simulated_ladder(Precisions::f32_only);
  CalibratedModel model = empty_model(4, 10);
  InputStatistics statistics;
  EvidenceList evidence;
};

TEST_F(CalibratedTest, BeforeAnyStepLooksAtTheStatistics) {
  model.start[0] = 1.5f;           // constant of path 0
  model.start[kFeatures + 3] = 2;  // path 1: gradient energy
  statistics.gradient_energy = 0.5f;
  const Complexity complexity = estimate();
  EXPECT_NEAR(complexity.agreement[0], probability(1.5), 1e-6);
  EXPECT_NEAR(complexity.agreement[1], probability(1), 1e-6);
  EXPECT_NEAR(complexity.agreement[2], 0.5, 1e-6);
  EXPECT_EQ(complexity.agreement[3], 1);
  EXPECT_NEAR(complexity.score, 1 - probability(1.5), 1e-6);
}

TEST_F(CalibratedTest, AfterAStepLooksAtTheEvidence) {
  own(1, 1)[0] = 0.25f;
  own(1, 1)[6] = 2;  // margin
  model.answer_offset[10 + 7] = -0.5f;
  model.deeper[(1 * 4 + 2) * kFeatures + 7] = 3;  // path 2, by the entropy
  see(PathId{1}, 7);
  const Complexity complexity = estimate();
  EXPECT_NEAR(complexity.agreement[1], probability(0.25 + 1.4 - 0.5), 1e-6);
  EXPECT_NEAR(complexity.agreement[2], probability(1.5), 1e-6);
  EXPECT_EQ(complexity.agreement[3], 1);
  EXPECT_NEAR(complexity.score, 1 - complexity.agreement[1], 1e-6);
}

TEST_F(CalibratedTest, TheStepBeforeChoosesTheWeights) {
  own(2, 2)[0] = 5;
  own(2, 0)[0] = -2;
  own(2, 0)[12] = 3;  // same answer
  see(PathId{0}, 3, 0.9f);
  see(PathId{2}, 3);
  EXPECT_NEAR(estimate().agreement[2], probability(1), 1e-6);
  EXPECT_NEAR(estimate().agreement[0], probability(1), 1e-6);  // the same answer stands or falls together
  evidence.clear();
  see(PathId{0}, 4, 0.9f);
  see(PathId{2}, 3);
  model.rescue[2 * 4 + 0] = 0.25f;
  EXPECT_NEAR(estimate().agreement[2], probability(-2), 1e-6);
  EXPECT_NEAR(estimate().agreement[0], 0.25 * (1 - probability(-2)), 1e-6);
  evidence.clear();
  see(PathId{0}, 4, 0.1f);
  see(PathId{2}, 3);
  EXPECT_EQ(estimate().agreement[0], 0.1f);  // contradiction makes nobody more trusted than before
}

TEST_F(CalibratedTest, ASkippedPathKeepsTheWordOfTheStart) {
  model.start[0] = 1.5f;
  model.start[kFeatures + 3] = 2;  // path 1: gradient energy
  statistics.gradient_energy = 0.5f;
  own(2, 2)[0] = 3;
  see(PathId{2}, 5);
  EXPECT_NEAR(estimate().agreement[0], probability(1.5), 1e-6);
  EXPECT_NEAR(estimate().agreement[1], probability(1), 1e-6);
  EXPECT_NEAR(estimate().agreement[2], probability(3), 1e-6);
  EXPECT_NEAR(estimate().score, 1 - probability(3), 1e-6);  // of the best evidence; a skipped path is none
  evidence.clear();
  see(PathId{1}, 5, 0.9f);
  see(PathId{3}, 4);
  EXPECT_NEAR(estimate().agreement[0], probability(1.5), 1e-6);
  EXPECT_EQ(estimate().agreement[1], 0);  // was run, and is contradicted by the reference
  EXPECT_EQ(estimate().score, 0);
}

TEST_F(CalibratedTest, TheReferenceIsAlwaysRight) {
  see(PathId{0}, 4, 0.9f);
  see(PathId{3}, 5);
  const Complexity complexity = estimate();
  EXPECT_EQ(complexity.agreement[3], 1);
  EXPECT_EQ(complexity.agreement[0], 0);
  EXPECT_EQ(complexity.score, 0);
}

TEST_F(CalibratedTest, NotANumberIsNoAgreement) {
  model.start[1] = 1;
  statistics.mean = std::nanf("");
  EXPECT_EQ(estimate().agreement[0], 0);
  own(0, 0)[0] = 3;
  statistics.mean = 0;
  see(PathId{0}, 4, 0.9f);
  EXPECT_NEAR(estimate().agreement[0], probability(3), 1e-6);
  see(PathId{1}, 4, 0, /*usable=*/false);
  EXPECT_EQ(estimate().agreement[1], 0);
  EXPECT_EQ(estimate().agreement[0], 0.9f);  // keeps its word
}

TEST_F(CalibratedTest, ProbabilitiesAreExactOverTheWholeRange) {
  for (float odds = -20; odds <= 20; odds += 0.37f) {
    model.start[0] = odds;
    const double expected = probability(std::min(14.0, std::max(-14.0, static_cast<double>(odds))));
    EXPECT_NEAR(estimate().agreement[0] / expected, 1, 2e-6) << odds;
  }
}

TEST_F(CalibratedTest, WithoutWordsOnDeeperPathsTheyAreTakenToBeAsRight) {
  model.deeper.clear();
  own(1, 1)[0] = 2;
  see(PathId{1}, 3);
  const Complexity complexity = estimate();
  EXPECT_EQ(complexity.agreement[2], complexity.agreement[1]);
  EXPECT_EQ(complexity.agreement[3], 1);
}

TEST_F(CalibratedTest, OrderAgainstTheLadderIsNoSurprise) {
  own(0, 0)[0] = 1;
  see(PathId{2}, 3, 0.7f);
  see(PathId{0}, 3);
  EXPECT_NEAR(estimate().agreement[0], probability(1), 1e-6);
}

TEST_F(CalibratedTest, ModelsAreChecked) {
  EXPECT_TRUE(make_calibrated_estimator(model).ok());
  CalibratedModel bad = model;
  bad.own.pop_back();
  EXPECT_EQ(make_calibrated_estimator(bad).status().code(), StatusCode::bad_format);
  bad = model;
  bad.deeper[5] = std::nanf("");
  EXPECT_FALSE(make_calibrated_estimator(bad).ok());
  bad = model;
  bad.rescue[1] = 1.5f;
  EXPECT_FALSE(make_calibrated_estimator(bad).ok());
  bad = model;
  bad.paths = 0;
  EXPECT_FALSE(make_calibrated_estimator(bad).ok());
  bad = model;
  bad.classes = -3;
  EXPECT_FALSE(make_calibrated_estimator(bad).ok());
}

}  // namespace
}  // namespace rheo

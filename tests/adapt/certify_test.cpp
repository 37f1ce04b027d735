// SPDX-License-Identifier: Apache-2.0
#include "adapt/certify.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "adapt/statistics.h"
#include "base/random.h"

namespace rheo {
namespace {

TEST(FixedSequence, ReturnsTheOneBeforeTheFirstFailure) {
  EXPECT_EQ(fixed_sequence(std::vector<double>{0.01, 0.02, 0.2, 0.01}, 0.05), 2);
  EXPECT_EQ(fixed_sequence(std::vector<double>{0.2, 0.01}, 0.05), 0);
  EXPECT_EQ(fixed_sequence(std::vector<double>{0.01, 0.05}, 0.05), 2);
  EXPECT_EQ(fixed_sequence({}, 0.05), 0);
  EXPECT_EQ(fixed_sequence(std::vector<double>{0.01, std::nan("")}, 0.05), 1);
}

// The null simulation: 4000 certifications of policies whose risks are known. Exact integers, so that an error of one
// anywhere in the walk shows.
struct Counts {
  int correct = 0;
  int first_failing = 0;
  int best_empirical = 0;
  int nothing = 0;
  bool operator==(const Counts&) const = default;
};

Counts simulate(const std::vector<double>& risks) {
  constexpr int kInputs = 500;
  constexpr double kLimit = 0.02;
  constexpr double kDelta = 0.1;
  SplitMix64 random(42);
  Counts violations;
  for (int run = 0; run < 4000; ++run) {
    std::vector<std::int64_t> losses(risks.size());
    for (int i = 0; i < kInputs; ++i) {
      const double u = random.uniform();
      for (std::size_t j = 0; j < risks.size(); ++j) losses[j] += u < risks[j] ? 1 : 0;
    }
    std::vector<double> p_values;
    for (const std::int64_t k : losses) p_values.push_back(binomial_tail(k, kInputs, kLimit));
    const auto violates = [&](int policy) { return policy >= 0 && risks[static_cast<std::size_t>(policy)] > kLimit; };
    const int passed = fixed_sequence(p_values, kDelta);
    const int last = static_cast<int>(risks.size()) - 1;
    int best = -1;
    for (std::size_t j = 0; j < risks.size(); ++j) {
      if (static_cast<double>(losses[j]) < kLimit * kInputs) best = static_cast<int>(j);
    }
    violations.correct += violates(passed - 1) ? 1 : 0;
    violations.first_failing += violates(std::min(passed, last)) ? 1 : 0;
    violations.best_empirical += violates(best) ? 1 : 0;
    violations.nothing += passed == 0 ? 1 : 0;
  }
  return violations;
}

TEST(NullSimulation, GivesItsExactIntegersOnTheFineGrid) {
  EXPECT_EQ(most_losses(500, 0.02, 0.1), 5);
  std::vector<double> risks;
  for (int j = 1; j <= 30; ++j) risks.push_back(j == 10 ? 0.02 : 0.002 * j);
  const Counts counts = simulate(risks);
  EXPECT_EQ(counts.correct, 144);
  EXPECT_EQ(counts.first_failing, 271);
  EXPECT_EQ(counts.best_empirical, 1379);
  EXPECT_EQ(counts.nothing, 8);
}

TEST(NullSimulation, GivesItsExactIntegersOnTheCoarseGrid) {
  const Counts counts = simulate({0.002, 0.008, 0.05});
  EXPECT_EQ(counts.correct, 0);
  EXPECT_EQ(counts.first_failing, 3147);
  EXPECT_EQ(counts.best_empirical, 0);
  EXPECT_EQ(counts.nothing, 8);
}

Losses losses_of(std::int64_t inputs, std::int64_t disagreements) {
  return {inputs, disagreements, std::vector<std::int8_t>(static_cast<std::size_t>(inputs), 0)};
}

TEST(Certify, StopsReadingAtTheFirstFailure) {
  const std::vector<std::int64_t> disagreements = {5, 20, 60, 0};
  std::vector<int> asked;
  const auto verdicts = certify({}, 4, [&](int policy) -> Result<Losses> {
    asked.push_back(policy);
    return losses_of(5000, disagreements[static_cast<std::size_t>(policy)]);
  });
  ASSERT_TRUE(verdicts.ok());
  EXPECT_EQ(asked, (std::vector<int>{0, 1, 2}));
  EXPECT_TRUE((*verdicts)[1].certified);
  EXPECT_FALSE((*verdicts)[2].certified);
  EXPECT_EQ((*verdicts)[3].disagreements, -1);
  EXPECT_FALSE((*verdicts)[3].certified);
  EXPECT_EQ(cheapest_certified(*verdicts, std::vector<double>{3, 2, 1, 0.5}), 1);
  EXPECT_EQ(cheapest_certified(*verdicts, std::vector<double>{3, 4, 1, 0.5}), 0);
  EXPECT_EQ(cheapest_certified({}, {}), -1);
  EXPECT_EQ(cheapest_certified(*verdicts, std::vector<double>{3, 2, 1, 0.5}, 3), (std::vector<int>{1, 0}));
  EXPECT_EQ(cheapest_certified(*verdicts, std::vector<double>{2, 2, 1, 0.5}, 1), std::vector<int>{0});
}

TEST(Certify, PassesErrorsOn) {
  const auto verdicts = certify({}, 2, [](int) -> Result<Losses> { return Status(StatusCode::cancelled, "Stopped."); });
  EXPECT_EQ(verdicts.status().code(), StatusCode::cancelled);
}

TEST(Promise, EachReadSpendsHalfOfWhatIsLeft) {
  EXPECT_NEAR((Promise{.read = 1}).delta(), 0.025, 1e-12);
  EXPECT_NEAR((Promise{.read = 3}).delta(), 0.00625, 1e-12);
  const std::int64_t first = most_losses(5000, 0.01, Promise{.read = 1}.delta());
  EXPECT_TRUE(judge({.read = 1}, losses_of(5000, first)).certified);
  EXPECT_FALSE(judge({.read = 2}, losses_of(5000, first)).certified);
}

TEST(Judge, TheBoundAgreesWithTheTest) {
  for (std::int64_t k = 25; k < 50; ++k) {
    const Verdict verdict = judge({}, losses_of(5000, k));
    EXPECT_EQ(verdict.certified, verdict.disagreement_bound <= 0.01) << k;
  }
}

TEST(Judge, BothPromisesMustHold) {
  const Promise both{.max_disagreement = 0.01, .max_accuracy_drop = 0.01};
  Losses losses = losses_of(5000, 10);
  EXPECT_TRUE(judge(both, losses).certified);
  EXPECT_LE(judge(both, losses).accuracy_drop_bound, 0.01);
  for (std::size_t i = 0; i < 10; ++i) losses.drops[i * 400] = 1;
  EXPECT_TRUE(judge(both, losses).certified);
  losses.disagreements = 200;  // many differ, but few of them were right before
  EXPECT_FALSE(judge(both, losses).certified);
  EXPECT_TRUE(judge({.max_disagreement = -1, .max_accuracy_drop = 0.01}, losses).certified);
  losses.drops.clear();
  EXPECT_FALSE(judge({.max_disagreement = -1, .max_accuracy_drop = 0.01}, losses).certified);
}

TEST(CheckPromise, SaysHowManyInputsAreNeeded) {
  const Status few = check_promise({}, 100, false);
  EXPECT_EQ(few.code(), StatusCode::invalid_argument);
  EXPECT_NE(few.message().find("368"), std::string::npos) << few.message();  // at delta 0.025
  EXPECT_TRUE(check_promise({}, 368, false).ok());
  EXPECT_FALSE(check_promise({}, 367, false).ok());
}

TEST(CheckPromise, RefusesWhatMakesNoSense) {
  EXPECT_FALSE(check_promise({.max_disagreement = 1.5}, 10000, true).ok());
  EXPECT_FALSE(check_promise({.max_disagreement = 0}, 10000, true).ok());
  EXPECT_FALSE(check_promise({.max_disagreement = -1}, 10000, true).ok());
  EXPECT_FALSE(check_promise({.confidence = 1}, 10000, true).ok());
  EXPECT_FALSE(check_promise({.max_accuracy_drop = 0.01}, 10000, false).ok());
  EXPECT_TRUE(check_promise({.max_accuracy_drop = 0.01}, 10000, true).ok());
}

}  // namespace
}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
#include "adapt/logistic.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"

namespace rheo {
namespace {

TEST(FitLogistic, FindsTheWeightsThatMadeTheData) {
  SplitMix64 random(1);
  LogisticProblem problem;
  for (int i = 0; i < 40'000; ++i) {
    LogisticFeatures x{};
    x[0] = 1;
    x[1] = static_cast<float>(4 * random.uniform() - 2);
    x[2] = static_cast<float>(random.uniform());
    const double odds = 0.5 + 1.5 * x[1] - 2 * x[2] + 1;
    problem.x.push_back(x);
    problem.y.push_back(random.uniform() < 1 / (1 + std::exp(-odds)) ? 1.0f : 0.0f);
    problem.offset.push_back(1);
  }
  const LogisticFeatures weights = fit_logistic(problem, 1e-3);
  EXPECT_NEAR(weights[0], 0.5, 0.08);
  EXPECT_NEAR(weights[1], 1.5, 0.08);
  EXPECT_NEAR(weights[2], -2, 0.15);
  EXPECT_EQ(weights[9], 0);
  // Starting at the answer changes nothing.
  const LogisticFeatures again = fit_logistic(problem, 1e-3, weights);
  for (std::size_t f = 0; f < 3; ++f) EXPECT_NEAR(again[f], weights[f], 1e-2);
}

TEST(FitLogistic, StaysFiniteOnDataThatCanBeSeparated) {
  LogisticProblem problem;
  for (int i = 0; i < 100; ++i) {
    LogisticFeatures x{};
    x[0] = 1;
    x[1] = static_cast<float>(i - 50);
    problem.x.push_back(x);
    problem.y.push_back(i < 50 ? 0.0f : 1.0f);
  }
  const LogisticFeatures weights = fit_logistic(problem, 1);
  EXPECT_TRUE(std::isfinite(weights[1]));
  EXPECT_GT(weights[1], 0);
  problem.y.assign(100, 1.0f);  // one kind of answer only
  const LogisticFeatures sure = fit_logistic(problem, 1);
  EXPECT_TRUE(std::isfinite(sure[0]));
  EXPECT_GT(sure[0], 2);
}

TEST(FitLogistic, SurvivesNotANumber) {
  LogisticProblem problem;
  problem.x.push_back({1, std::nanf("")});
  problem.y.push_back(1);
  for (const float weight : fit_logistic(problem, 1)) EXPECT_TRUE(std::isfinite(weight));
  for (const float weight : fit_logistic({}, 1)) EXPECT_EQ(weight, 0);
}

}  // namespace
}  // namespace rheo

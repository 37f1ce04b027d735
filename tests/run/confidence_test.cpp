// SPDX-License-Identifier: Apache-2.0
#include "run/confidence.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace rheo {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

Evidence of(const std::vector<float>& logits, float temperature = 1) {
  return confidence(logits, PathId{3}, temperature);
}

void expect(const Evidence& evidence, double top, double margin, double entropy) {
  EXPECT_TRUE(evidence.usable);
  EXPECT_NEAR(evidence.top_probability, top, 1e-6);
  EXPECT_NEAR(evidence.margin, margin, 1e-6);
  EXPECT_NEAR(evidence.entropy, entropy, 2e-6);
}

TEST(Confidence, Goldens) {
  expect(of({2, 1, 0}), 0.665241, 0.420512, 0.832396);
  expect(of({10, 9, -5}), 0.731058, 0.462117, 0.582207);
  expect(of({1000, 0, -1000}), 1, 1, 0);
  expect(of({7, 7, 7, 7}), 0.25, 0, std::log(4.0));
  expect(of({5}), 1, 1, 0);
  EXPECT_EQ(of({2, 1, 0}).path, PathId{3});
}

TEST(Confidence, TheLowestIndexAnswersOnTies) {
  EXPECT_EQ(of({1, 4, 4, 2}).answer, 1);
  EXPECT_EQ(of({0, 0}).answer, 0);
}

TEST(Confidence, TemperatureDividesTheLogits) {
  const Evidence hot = of({6, 3, -9}, 3);
  const Evidence same = of({2, 1, -3});
  EXPECT_FLOAT_EQ(hot.margin, same.margin);
  EXPECT_FLOAT_EQ(hot.entropy, same.entropy);
  EXPECT_EQ(hot.answer, same.answer);
}

TEST(Confidence, AgreesWithTheSoftmaxInDouble) {
  std::mt19937 random(5);
  std::normal_distribution<float> normal(0, 8);
  for (int round = 0; round < 200; ++round) {
    std::vector<float> logits(2 + random() % 40);
    for (float& z : logits) z = normal(random);
    double largest = -1e30;
    for (float z : logits) largest = std::max(largest, static_cast<double>(z));
    double sum = 0;
    for (float z : logits) sum += std::exp(static_cast<double>(z) - largest);
    std::vector<double> p;
    double entropy = 0;
    for (float z : logits) {
      p.push_back(std::exp(static_cast<double>(z) - largest) / sum);
      if (p.back() > 0) entropy -= p.back() * std::log(p.back());
    }
    std::sort(p.rbegin(), p.rend());
    const Evidence evidence = of(logits);
    EXPECT_NEAR(evidence.top_probability, p[0], 1e-5);
    EXPECT_NEAR(evidence.margin, p[0] - p[1], 1e-5);
    EXPECT_NEAR(evidence.entropy, entropy, 2e-5);
  }
}

TEST(Confidence, WhatIsNoNumberIsNeverTrusted) {
  EXPECT_FALSE(of({1, kNan, 0}).usable);
  EXPECT_FALSE(of({kNan, kNan}).usable);
  EXPECT_FALSE(of({1, kInfinity}).usable);
  EXPECT_FALSE(of({-kInfinity, -kInfinity}).usable);
  EXPECT_FALSE(of({}).usable);
  EXPECT_FALSE(of({1, 2}, 0).usable);
  EXPECT_FALSE(of({1, 2}, kNan).usable);
  EXPECT_FALSE(of({1, 2}, kInfinity).usable);
  EXPECT_EQ(of({1, kNan}).margin, 0.0f) << "no threshold is reached by accident";
}

TEST(Confidence, ClassesThatCannotBeAndHugeLogitsAreFine) {
  expect(of({2, 1, 0, -kInfinity}), 0.665241, 0.420512, 0.832396);
  expect(of({3e38f, -3e38f}), 1, 1, 0);
  expect(of({-3e38f, -3e38f}), 0.5, 0, std::log(2.0));
}

TEST(WithoutConfidence, SaysOnlyWhetherAllIsFinite) {
  const Tensor words = Tensor::of<float>({1, -2, 3, 40}, {1, 2, 2}).value();
  const Evidence evidence = without_confidence(words, PathId{2});
  EXPECT_TRUE(evidence.usable);
  EXPECT_EQ(evidence.path, PathId{2});
  EXPECT_EQ(evidence.answer, -1);
  EXPECT_EQ(evidence.top_probability, 0);
  EXPECT_EQ(evidence.margin, 0);
  EXPECT_TRUE(without_confidence(Tensor::of<std::int64_t>({INT64_MAX, -1}, {2}).value(), PathId{0}).usable);
  for (const float bad : {kNan, kInfinity, -kInfinity}) {
    EXPECT_FALSE(without_confidence(Tensor::of<float>({1, bad}, {1, 2}).value(), PathId{0}).usable) << bad;
  }
}

}  // namespace
}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
#include "policy/tradeoff.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "support/simulated_table.h"

namespace rheo {
namespace {

using testing_support::Precisions;
constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr std::size_t kBins = TradeoffTable::kBins;

TEST(TradeoffBins, AreUniformInTheLogOfTheDisagreement) {
  EXPECT_EQ(TradeoffTable::bin_of(0), 0);
  EXPECT_EQ(TradeoffTable::bin_of(std::nanf("")), 0);
  EXPECT_EQ(TradeoffTable::bin_of(-1), 0);
  EXPECT_EQ(TradeoffTable::bin_of(1), TradeoffTable::kBins - 1);
  EXPECT_EQ(TradeoffTable::bin_of(2), TradeoffTable::kBins - 1);
  EXPECT_EQ(TradeoffTable::bin_of(1 - std::exp(-5.0f)), TradeoffTable::kBins / 2);
  for (float a = 0; a < 1; a += 0.001f) EXPECT_LE(TradeoffTable::bin_of(a), TradeoffTable::bin_of(a + 0.001f));
}

// Three exits of 24, 56 and 180 us and the reference of 400, one table that is easy to follow.
class TradeoffTest : public testing::Test {
 protected:
  TradeoffTest() {
    table.price_us = 1000;
    table.paths = 4;
    table.expected_us.assign(5 * 4 * kBins, kInfinity);
  }
  // Costs of one action: for little and for much agreement.
  void offer(std::size_t row, std::size_t path, float unsure_us, float sure_us) {
    for (std::size_t bin = 0; bin < kBins; ++bin) {
      table.expected_us[(row * 4 + path) * kBins + bin] = bin < kBins / 4 ? unsure_us : sure_us;
    }
  }
  void see(PathId path, float agreement, bool usable = true) {
    evidence.push_back({.path = path, .answer = 1, .agreement = agreement, .usable = usable});
  }
  Decision decide(double budget_us = kInfinity) const {
    return make_tradeoff_policy(table).value()->decide({complexity, evidence, ladder, {budget_us}});
  }

  const Ladder ladder = testing_support::simulated_ladder(Precisions::f32_only);
  TradeoffTable table;
  Complexity complexity;
  EvidenceList evidence;
};

TEST_F(TradeoffTest, StartsWithTheCheapestActionForThisInput) {
  offer(0, 0, 300, 60);
  offer(0, 3, 250, 100);
  complexity.agreement[0] = 0.99f;
  EXPECT_EQ(decide().path(), PathId{0});
  complexity.agreement[0] = 0.2f;  // hard: straight past the early exits
  EXPECT_EQ(decide().path(), PathId{3});
  EXPECT_EQ(decide().reason().measure, Measure::first_step);
}

TEST_F(TradeoffTest, WeighsAnsweringAgainstGoingOn) {
  offer(1, 1, 200, 60);
  offer(1, 3, 150, 90);
  see(PathId{0}, 0.99f);  // answering costs 10
  const Decision answer = decide();
  EXPECT_TRUE(answer.answers());
  EXPECT_NEAR(answer.reason().value, 10, 0.01);
  EXPECT_EQ(answer.reason().threshold, 60);
  evidence.clear();
  see(PathId{0}, 0.5f);  // answering costs 500
  EXPECT_FALSE(decide().answers());
  EXPECT_EQ(decide().path(), PathId{3});  // skips two rungs
}

TEST_F(TradeoffTest, MayAnswerWithEarlierEvidence) {
  offer(2, 3, 300, 300);
  see(PathId{0}, 0.9f);
  see(PathId{1}, 0.3f);
  const Decision decision = decide();
  EXPECT_TRUE(decision.answers());
  EXPECT_EQ(decision.path(), PathId{0});
}

TEST_F(TradeoffTest, AnswersWhenNothingIsOffered) {
  see(PathId{3}, 0.1f);
  const Decision decision = decide();
  EXPECT_TRUE(decision.answers());
  EXPECT_EQ(decision.reason().measure, Measure::last_rung);
}

TEST_F(TradeoffTest, NotANumberGoesDeeper) {
  offer(1, 3, 5000, 5000);
  see(PathId{0}, std::nanf(""));
  EXPECT_FALSE(decide().answers());
  evidence.clear();
  see(PathId{0}, 0.999f, /*usable=*/false);
  EXPECT_FALSE(decide().answers());
  EXPECT_EQ(decide().path(), PathId{3});
  // Not even an action is offered: the reference.
  evidence.clear();
  see(PathId{1}, 0.999f, /*usable=*/false);
  EXPECT_EQ(decide().path(), PathId{3});
  EXPECT_FALSE(decide().answers());
}

TEST_F(TradeoffTest, NeverAsksForAPathTwice) {
  offer(2, 0, 1, 1);
  offer(2, 3, 100, 100);
  see(PathId{0}, 0.1f);
  see(PathId{1}, 0.1f);
  EXPECT_EQ(decide().path(), PathId{3});
}

TEST_F(TradeoffTest, LooksForWhatTheDeadlineAllows) {
  offer(0, 0, 300, 300);
  offer(0, 3, 250, 250);
  EXPECT_EQ(decide(500).path(), PathId{3});
  EXPECT_EQ(decide(399).path(), PathId{0});
  EXPECT_EQ(decide(399).reason().measure, Measure::budget);
  EXPECT_EQ(decide(3).path(), PathId{0});  // too late for all: the quickest may still make it
  offer(1, 1, 200, 200);
  offer(1, 3, 150, 150);
  see(PathId{0}, 0.5f);
  EXPECT_EQ(decide(380).path(), PathId{3});  // 400 less the 24 that are done
  EXPECT_EQ(decide(370).path(), PathId{1});
  const Decision late = decide(10);
  EXPECT_TRUE(late.answers());
  EXPECT_EQ(late.path(), PathId{0});
  EXPECT_EQ(late.reason().measure, Measure::budget);
}

TEST_F(TradeoffTest, TablesAreChecked) {
  EXPECT_TRUE(make_tradeoff_policy(table).ok());
  TradeoffTable bad = table;
  bad.price_us = std::nan("");
  EXPECT_FALSE(make_tradeoff_policy(bad).ok());
  bad = table;
  bad.expected_us.pop_back();
  EXPECT_FALSE(make_tradeoff_policy(bad).ok());
  bad = table;
  bad.expected_us[7] = std::nanf("");
  EXPECT_FALSE(make_tradeoff_policy(bad).ok());
  bad.expected_us[7] = -1;
  EXPECT_FALSE(make_tradeoff_policy(bad).ok());
  bad = table;
  bad.paths = 0;
  EXPECT_FALSE(make_tradeoff_policy(bad).ok());
}

}  // namespace
}  // namespace rheo

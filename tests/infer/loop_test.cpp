// SPDX-License-Identifier: Apache-2.0
#include "infer/loop.h"

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <vector>

#include "support/simulated_table.h"

namespace rheo {
namespace {

using testing_support::rung;

constexpr PathId kExit1{0};
constexpr PathId kExit2{1};
constexpr PathId kFinal{2};

Ladder three_exits() {
  return Ladder::create({rung("exit1", 0, Precision::f32, 10), rung("exit2", 1, Precision::f32, 30),
                         rung("final", 2, Precision::f32, 100)})
      .value();
}

// A policy that is a function, and an estimator whose word is the top probability.
class FunctionPolicy final : public Policy {
 public:
  explicit FunctionPolicy(std::function<Decision(const Situation&)> decide) : decide_(std::move(decide)) {}
  Decision decide(const Situation& situation) const override { return decide_(situation); }
  std::string_view name() const override { return "scripted"; }

 private:
  std::function<Decision(const Situation&)> decide_;
};

// Steps with answers of their own, and errors on demand.
class ScriptedSteps final : public Steps {
 public:
  Status take(std::span<Item* const> items) override {
    ++takes;
    sizes.push_back(items.size());
    if (takes == fail_on && !evidence_before_failure) return failure;
    for (Item* item : items) {
      if (silent) continue;
      Evidence evidence{.path = item->next, .answer = item->next.index, .top_probability = 0.5f};
      evidence.usable = item->next != unusable;
      evidence.cost_us = 7;
      item->evidence.push_back(evidence);
      if (takes == fail_on) return failure;  // the first item got its evidence, the others did not
    }
    return {};
  }
  double remaining_us() const override { return budget_us; }

  int takes = 0;
  int fail_on = 0;
  bool evidence_before_failure = false;
  bool silent = false;
  Status failure;
  PathId unusable{99};
  double budget_us = 1e9;
  std::vector<std::size_t> sizes;
};

class LoopTest : public testing::Test {
 protected:
  Item run(std::function<Decision(const Situation&)> decide) {
    std::array<Item, 1> items;
    run_all(std::move(decide), items);
    return items[0];
  }
  void run_all(std::function<Decision(const Situation&)> decide, std::span<Item> items) {
    const FunctionPolicy policy(std::move(decide));
    std::vector<Item*> active(items.size());
    infer({ladder, *estimator, policy}, items, active, steps);
  }
  // Climbs all rungs, and answers with the last one.
  static Decision climb(const Situation& s) {
    if (s.evidence.size() == s.ladder.size()) return Decision::answer(s.evidence.back());
    return Decision::run(PathId{static_cast<std::uint8_t>(s.evidence.size())});
  }

  const Ladder ladder = three_exits();
  const std::shared_ptr<const Estimator> estimator = make_plain_estimator();
  ScriptedSteps steps;
};

TEST_F(LoopTest, StepsUntilThePolicyAnswers) {
  const Item item = run(climb);
  EXPECT_TRUE(item.status.ok());
  EXPECT_TRUE(item.finished);
  EXPECT_EQ(item.answer, kFinal);
  EXPECT_EQ(item.evidence.size(), 3u);
  EXPECT_EQ(item.interrupted, StatusCode::ok);
  EXPECT_EQ(steps.takes, 3);
  EXPECT_GT(item.deciding_us, 0);
  EXPECT_NEAR(item.score, 1 - ladder.profile(kExit1).agreement, 1e-6);
  EXPECT_FLOAT_EQ(item.evidence[2].agreement, 1);  // the estimator's word is in the evidence
}

TEST_F(LoopTest, EveryStepKeepsWhyItWasAskedFor) {
  const Item item = run([](const Situation& s) {
    const auto seen = static_cast<float>(s.evidence.size());
    const Reason reason{Measure::custom, seen, 7};
    return seen < 2 ? Decision::run(PathId{static_cast<std::uint8_t>(seen)}, reason)
                    : Decision::answer(s.evidence.back(), reason);
  });
  ASSERT_EQ(item.evidence.size(), 2u);
  EXPECT_EQ(item.evidence[0].reason.value, 0);
  EXPECT_EQ(item.evidence[1].reason.value, 1);
  EXPECT_EQ(item.evidence[1].reason.threshold, 7);
  EXPECT_EQ(item.reason.value, 2);  // of the answer
}

TEST_F(LoopTest, AnswersWithEarlierEvidence) {
  const Item item = run([](const Situation& s) {
    return s.evidence.size() == 2 ? Decision::answer(s.evidence[0], {Measure::margin, 0.5f, 0.25f}) : climb(s);
  });
  EXPECT_TRUE(item.status.ok());
  EXPECT_EQ(item.answer, kExit1);
  EXPECT_EQ(item.reason.measure, Measure::margin);
}

TEST_F(LoopTest, APolicyThatNeverAnswersIsStopped) {
  const Item item = run([](const Situation& s) {
    return Decision::run(PathId{static_cast<std::uint8_t>(s.evidence.size() % s.ladder.size())});
  });
  EXPECT_EQ(item.status.code(), StatusCode::policy_failed);
  EXPECT_NE(item.status.message().find("scripted"), std::string::npos);
  EXPECT_EQ(steps.takes, 3);
}

TEST_F(LoopTest, RefusesAPathTwice) {
  const Item item = run([](const Situation&) { return Decision::run(kExit2); });
  EXPECT_EQ(item.status.code(), StatusCode::policy_failed);
  EXPECT_NE(item.status.message().find("exit2.f32"), std::string::npos) << item.status.message();
  EXPECT_EQ(steps.takes, 1);
}

TEST_F(LoopTest, RefusesAPathThatDoesNotExist) {
  const Item item = run([](const Situation&) { return Decision::run(PathId{31}); });
  EXPECT_EQ(item.status.code(), StatusCode::policy_failed);
  EXPECT_NE(item.status.message().find("31"), std::string::npos);
  EXPECT_EQ(steps.takes, 0);
}

TEST_F(LoopTest, RefusesAnAnswerThatWasNotRun) {
  const Evidence invented{.path = kFinal, .answer = 3, .usable = true};
  const Item item = run([&](const Situation&) { return Decision::answer(invented); });
  EXPECT_EQ(item.status.code(), StatusCode::policy_failed);
  EXPECT_NE(item.status.message().find("was not run"), std::string::npos);
}

TEST_F(LoopTest, RefusesAnAnswerThatIsNotFinite) {
  steps.unusable = kExit1;
  const Item item = run([](const Situation& s) {
    return s.evidence.empty() ? Decision::run(kExit1) : Decision::answer(s.evidence.back());
  });
  EXPECT_EQ(item.status.code(), StatusCode::policy_failed);
  EXPECT_NE(item.status.message().find("not finite"), std::string::npos);
}

TEST_F(LoopTest, AReferenceThatIsNotFiniteIsAnError) {
  steps.unusable = kFinal;
  const Item item = run(climb);
  EXPECT_EQ(item.status.code(), StatusCode::bad_format);
  EXPECT_NE(item.status.message().find("final.f32"), std::string::npos);
}

TEST_F(LoopTest, DeadlineAndStopGiveTheBestAnswerSoFar) {
  for (const StatusCode code : {StatusCode::deadline_exceeded, StatusCode::cancelled}) {
    steps = {};
    steps.fail_on = 3;
    steps.failure = Status(code, "Out of time.");
    const Item item = run(climb);
    EXPECT_TRUE(item.status.ok());
    EXPECT_EQ(item.interrupted, code);
    EXPECT_EQ(item.answer, kExit2);  // as sure as exit1, but later
  }
}

TEST_F(LoopTest, WithoutUsableEvidenceADeadlineIsTheStatus) {
  steps.fail_on = 1;
  steps.failure = Status(StatusCode::deadline_exceeded, "Out of time.");
  EXPECT_EQ(run(climb).status.code(), StatusCode::deadline_exceeded);
  steps = {};
  steps.fail_on = 2;
  steps.unusable = kExit1;
  steps.failure = Status(StatusCode::cancelled, "Stopped.");
  const Item item = run(climb);
  EXPECT_EQ(item.status.code(), StatusCode::cancelled);
  EXPECT_EQ(item.status.message(), "Stopped.");
}

TEST_F(LoopTest, AnyOtherErrorEndsTheItem) {
  steps.fail_on = 2;
  steps.failure = Status(StatusCode::resource_exhausted, "No memory.");
  const Item item = run(climb);
  EXPECT_EQ(item.status.code(), StatusCode::resource_exhausted);
  EXPECT_TRUE(item.finished);
}

TEST_F(LoopTest, StepsThatLeaveNoEvidenceAreADefect) {
  steps.silent = true;
  EXPECT_EQ(run(climb).status.code(), StatusCode::internal);
}

TEST_F(LoopTest, EachItemTakesItsOwnWayAndSurvivorsGoOnTogether) {
  std::array<Item, 5> items;
  for (int i = 0; i < 5; ++i) {
    items[static_cast<std::size_t>(i)].index = i;
    items[static_cast<std::size_t>(i)].statistics.mean = static_cast<float>(i);
  }
  // The estimator sees each item's own statistics; here the policy is told by the number of steps each may take.
  std::vector<std::size_t> wanted = {1, 3, 2, 1, 3};
  std::size_t asked = 0;
  std::vector<std::size_t> alive = {0, 1, 2, 3, 4};
  std::vector<std::size_t> next_alive;
  run_all(
      [&](const Situation& s) {
        const std::size_t item = alive[asked++];
        const bool answers = s.evidence.size() == wanted[item];
        if (!answers) next_alive.push_back(item);
        if (asked == alive.size()) {
          alive = std::exchange(next_alive, {});
          asked = 0;
        }
        return answers ? Decision::answer(s.evidence.back()) : climb(s);
      },
      items);
  for (std::size_t i = 0; i < items.size(); ++i) {
    EXPECT_TRUE(items[i].status.ok());
    EXPECT_EQ(items[i].evidence.size(), wanted[i]);
    EXPECT_GT(items[i].deciding_us, 0);
  }
  EXPECT_EQ(steps.sizes, (std::vector<std::size_t>{5, 3, 2}));
}

TEST_F(LoopTest, ItemsThatGotTheirEvidenceBeforeTheDeadlineKeepIt) {
  steps.fail_on = 1;
  steps.evidence_before_failure = true;
  steps.failure = Status(StatusCode::deadline_exceeded, "Out of time.");
  std::array<Item, 2> items;
  run_all(climb, items);
  EXPECT_TRUE(items[0].status.ok());
  EXPECT_EQ(items[0].answer, kExit1);
  EXPECT_FLOAT_EQ(items[0].evidence[0].agreement, 0.5f);
  EXPECT_EQ(items[1].status.code(), StatusCode::deadline_exceeded);
}

TEST_F(LoopTest, ADecisionForTheBudgetIsNotTheUndisturbedPolicy) {
  steps.budget_us = 12;
  const Item item = run([](const Situation& s) {
    EXPECT_EQ(s.budget.remaining_us, 12);
    return s.evidence.empty() ? climb(s) : Decision::answer(s.evidence.back(), {Measure::budget, 12, 20});
  });
  EXPECT_TRUE(item.status.ok());
  EXPECT_EQ(item.interrupted, StatusCode::deadline_exceeded);
}

TEST_F(LoopTest, NoItemsIsNoWork) {
  run_all(climb, {});
  EXPECT_EQ(steps.takes, 0);
}

}  // namespace
}  // namespace rheo

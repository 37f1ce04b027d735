// SPDX-License-Identifier: Apache-2.0
// Whoever sleeps is slower on any machine, so the verdicts here do not depend on how fast it is.
#include "adapt/guard.h"

#include <gtest/gtest.h>

#include <chrono>
#include <stop_token>
#include <thread>
#include <vector>

#include "support/small_classifier.h"

namespace rheo {
namespace {

using namespace std::chrono_literals;
using testing::small_workbench;

constexpr std::size_t kItems = 20;

// Answers with the cheapest path, after thinking for long.
struct Ponderer final : Policy {
  Decision decide(const Situation& situation) const override {
    std::this_thread::sleep_for(2ms);
    if (situation.evidence.empty()) return Decision::run(situation.ladder.cheapest());
    return Decision::answer(situation.evidence.best());
  }
};

// Sleeps whenever it sees evidence of `slow`.
struct Sleeper final : Estimator {
  PathId slow;
  explicit Sleeper(PathId path) : slow(path) {}
  Complexity estimate(const Observation& observation) const override {
    if (observation.evidence.has(slow)) std::this_thread::sleep_for(2ms);
    return {};
  }
};

Result<std::vector<GuardVerdict>> measured_together(const Estimator& estimator, std::span<const Policy* const> policies,
                                                    std::size_t items, const std::stop_token& stop = {}) {
  const Workbench& bench = small_workbench();
  return measure_guard(bench.plans, bench.ladder, estimator, policies, bench.data, std::span(bench.tuning).first(items),
                       stop);
}

Result<GuardVerdict> measured(const Estimator& estimator, const Policy& policy, std::size_t items,
                              const std::stop_token& stop = {}) {
  const Policy* only = &policy;
  auto verdicts = measured_together(estimator, std::span(&only, 1), items, stop);
  if (!verdicts) return verdicts.status();
  EXPECT_EQ(verdicts->size(), 1U);
  return verdicts->front();
}

TEST(Guard, SaysNoToAPolicyThatIsSlowerThanTheReferencePath) {
  const GuardVerdict verdict = measured(*make_plain_estimator(), Ponderer(), kItems).value();
  EXPECT_FALSE(verdict.pays());
  EXPECT_GT(verdict.policy_us, 4000);  // two decisions
  EXPECT_LT(verdict.saved_us, 0);
  EXPECT_NEAR(verdict.saved_us, verdict.reference_us - verdict.policy_us, 1e-6);
}

TEST(Guard, SaysNoWhenTheEstimatorMakesThePolicySlow) {
  const Ladder& ladder = small_workbench().ladder;
  const GuardVerdict verdict =
      measured(Sleeper(ladder.cheapest()), *make_fixed_policy(ladder.cheapest()), kItems).value();
  EXPECT_FALSE(verdict.pays());
}

TEST(Guard, SaysYesWhenTheReferencePathIsSlower) {
  const Ladder& ladder = small_workbench().ladder;
  const GuardVerdict verdict =
      measured(Sleeper(ladder.reference()), *make_fixed_policy(ladder.cheapest()), kItems).value();
  EXPECT_TRUE(verdict.pays());
  EXPECT_GT(verdict.saved_us, 0);
  EXPECT_LT(verdict.saved_at_least_us, verdict.saved_us);
}

TEST(Guard, ASavingThatMayBeChanceDoesNotPay) {
  EXPECT_FALSE((GuardVerdict{.saved_us = 5, .saved_at_least_us = -0.1}.pays()));
  EXPECT_FALSE(GuardVerdict().pays());
}

TEST(Guard, TellsTheFastestOfSeveralPolicies) {
  const Ponderer slow;
  const auto fast = make_fixed_policy(small_workbench().ladder.cheapest());
  const Policy* policies[] = {&slow, fast.get(), &slow};
  const auto verdicts = measured_together(*make_plain_estimator(), policies, kItems).value();
  ASSERT_EQ(verdicts.size(), 3U);
  EXPECT_LT(verdicts[1].policy_us, verdicts[0].policy_us);
  EXPECT_LT(verdicts[1].policy_us, verdicts[2].policy_us);
  for (const GuardVerdict& verdict : verdicts) EXPECT_EQ(verdict.reference_us, verdicts[0].reference_us);
  const Policy* many[] = {&slow, &slow, &slow, &slow};
  EXPECT_FALSE(measured_together(*make_plain_estimator(), many, kItems).ok());
  EXPECT_FALSE(measured_together(*make_plain_estimator(), {}, kItems).ok());
}

// Neither the caches nor a drifting clock shall favour one.
TEST(Guard, RunsThePoliciesInAnotherOrderForEachInput) {
  struct Listed final : Policy {
    std::vector<int>& order;
    int number;
    Listed(std::vector<int>& list, int own) : order(list), number(own) {}
    Decision decide(const Situation& situation) const override {
      if (!situation.evidence.empty()) return Decision::answer(situation.evidence.best());
      order.push_back(number);
      return Decision::run(situation.ladder.cheapest());
    }
  };
  std::vector<int> order;
  const Listed first(order, 0);
  const Listed second(order, 1);
  const Policy* policies[] = {&first, &second};
  constexpr std::size_t kMany = 300;
  ASSERT_TRUE(measured_together(*make_plain_estimator(), policies, kMany).ok());
  ASSERT_EQ(order.size(), 2 * kMany);
  std::size_t first_led = 0;
  for (std::size_t i = 0; i < order.size(); i += 2) {
    EXPECT_NE(order[i], order[i + 1]);
    first_led += order[i] == 0 ? 1 : 0;
  }
  EXPECT_GT(first_led, kMany / 3);
  EXPECT_LT(first_led, kMany - kMany / 3);
}

TEST(Guard, NeedsInputsAndStops) {
  const Ponderer policy;
  EXPECT_EQ(measured(*make_plain_estimator(), policy, 1).status().code(), StatusCode::invalid_argument);
  EXPECT_EQ(measured(*make_plain_estimator(), policy, 0).status().code(), StatusCode::invalid_argument);
  std::stop_source source;
  source.request_stop();
  EXPECT_EQ(measured(*make_plain_estimator(), policy, kItems, source.get_token()).status().code(),
            StatusCode::cancelled);
}

TEST(Guard, APolicyThatFailsIsAnError) {
  struct Stubborn final : Policy {
    Decision decide(const Situation& situation) const override { return Decision::run(situation.ladder.cheapest()); }
  };
  EXPECT_EQ(measured(*make_plain_estimator(), Stubborn(), kItems).status().code(), StatusCode::policy_failed);
}

}  // namespace
}  // namespace rheo

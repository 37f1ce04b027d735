// SPDX-License-Identifier: Apache-2.0
// How long anything takes is not tested, only what must be so on any machine.
#include "adapt/damage.h"

#include <gtest/gtest.h>

#include "support/small_classifier.h"
#include "transform/lower.h"

namespace rheo {
namespace {

using testing::small_workbench;

std::vector<int> some_items() { return {3, 141, 59, 265, 35, 89, 79, 32, 38, 46, 264, 33, 83, 27, 95, 28}; }

DamageMeter meter(std::vector<int> items = some_items(), const std::stop_token& stop = {}) {
  const Workbench& bench = small_workbench();
  const PlanPointer reference = trial_plan(bench, bench.reference(), Precision::f32).value();
  return DamageMeter::create(reference, bench.data, std::move(items), stop).value();
}

TEST(DamageMeter, TheReferenceDoesItselfNoHarm) {
  const Workbench& bench = small_workbench();
  const PlanPointer plan = trial_plan(bench, bench.reference(), Precision::f32).value();
  const Damage damage = meter().measure(std::span(&plan, 1), 100).value().front();
  EXPECT_EQ(damage.inputs, some_items().size());
  EXPECT_EQ(damage.disagreements, 0U);
  EXPECT_EQ(damage.divergence, 0);
  EXPECT_GT(damage.median_us, 0);
}

TEST(DamageMeter, CoarserRangesHarmMore) {
  const Workbench& bench = small_workbench();
  Variant coarse = bench.reference();
  for (auto& [name, range] : coarse.ranges) range = {20 * range.low, 20 * range.high};
  const std::vector<PlanPointer> plans = {trial_plan(bench, bench.reference(), Precision::int8).value(),
                                          trial_plan(bench, coarse, Precision::int8).value()};
  const std::vector<Damage> damages = meter().measure(plans, 16).value();
  EXPECT_GT(damages[0].divergence, 0);
  EXPECT_GT(damages[1].divergence, 4 * damages[0].divergence);
  EXPECT_EQ(meter().measure(plans, 5).value()[1].inputs, 5U);
}

TEST(DamageMeter, AgreesWithTheTable) {
  const Workbench& bench = small_workbench();
  const PlanPointer plan = trial_plan(bench, bench.reference(), Precision::bf16).value();
  const PathId path = bench.ladder.find("final.bf16").value();
  std::vector<int> items(bench.tuning.begin(), bench.tuning.begin() + 100);
  std::size_t differing = 0;
  for (const int item : items) differing += bench.table.agrees(path, static_cast<std::size_t>(item)) ? 0 : 1;
  const Damage damage = meter(items).measure(std::span(&plan, 1), 100).value().front();
  EXPECT_NEAR(static_cast<double>(damage.disagreements), static_cast<double>(differing), 1);
}

TEST(DamageMeter, StopsAndRefusesItemsThatDoNotExist) {
  const Workbench& bench = small_workbench();
  const PlanPointer reference = trial_plan(bench, bench.reference(), Precision::f32).value();
  std::stop_source source;
  source.request_stop();
  EXPECT_EQ(DamageMeter::create(reference, bench.data, {1}, source.get_token()).status().code(), StatusCode::cancelled);
  EXPECT_EQ(DamageMeter::create(reference, bench.data, {600}, {}).status().code(), StatusCode::invalid_argument);
}

TEST(TrialPlan, TakesWhatTheVariantSays) {
  const Workbench& bench = small_workbench();
  Variant mixed = bench.reference();
  mixed.mixed = {{eight_bit_nodes(*mixed.graph).front(), Precision::f32}};
  EXPECT_TRUE(trial_plan(bench, mixed, Precision::mixed).ok());
  mixed.mixed = {{"none", Precision::f32}};
  EXPECT_FALSE(trial_plan(bench, mixed, Precision::mixed).ok());
}

}  // namespace
}  // namespace rheo

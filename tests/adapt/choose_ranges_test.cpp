// SPDX-License-Identifier: Apache-2.0
#include "adapt/choose_ranges.h"

#include <gtest/gtest.h>

#include "adapt/damage.h"
#include "support/graph_checks.h"
#include "support/small_classifier.h"

namespace rheo {
namespace {

using testing::small_options;
using testing::small_workbench;

// The workbench before anything was chosen.
Workbench opened() {
  Workbench bench = small_workbench();
  bench.variants.back().ranges.clear();
  return bench;
}

TEST(ChooseRanges, NamesTheModelsOwnValues) {
  Workbench bench = opened();
  ASSERT_TRUE(choose_ranges(bench, small_options()).ok());
  EXPECT_TRUE(bench.reference().ranges.contains("image"));
  EXPECT_TRUE(bench.reference().ranges.contains("edges.relu"));
  for (const auto& [name, range] : bench.reference().ranges) {
    EXPECT_NE(testing::find_value(*bench.reference().graph, name), nullptr) << name;
    EXPECT_LE(range.low, range.high) << name;
  }
}

// Half B is gone: whoever reads one of its inputs gets other ranges.
TEST(ChooseRanges, SeesHalfAAlone) {
  Workbench bench = opened();
  Workbench blind = opened();
  Tensor items = Tensor::zeros(DType::u8, blind.data.items.shape()).value();
  const auto from = blind.data.items.as<std::uint8_t>();
  auto to = items.as_mutable<std::uint8_t>();
  std::ranges::fill(to, std::uint8_t{255});
  for (const int item : blind.tuning) {
    std::copy_n(from.begin() + std::ptrdiff_t{item} * 64, 64, to.begin() + std::ptrdiff_t{item} * 64);
  }
  blind.data.items = std::move(items);
  ASSERT_TRUE(choose_ranges(bench, small_options()).ok());
  ASSERT_TRUE(choose_ranges(blind, small_options()).ok());
  EXPECT_EQ(bench.reference().ranges, blind.reference().ranges);
}

TEST(ChooseRanges, HarmLessThanRangesThatFitNothing) {
  Workbench bench = opened();
  ASSERT_TRUE(choose_ranges(bench, small_options()).ok());
  Variant enclosing = bench.reference();
  for (auto& [name, range] : enclosing.ranges) range = {30 * range.low, 30 * range.high};
  const std::vector<PlanPointer> plans = {trial_plan(bench, bench.reference(), Precision::int8).value(),
                                          trial_plan(bench, enclosing, Precision::int8).value()};
  const DamageMeter meter = DamageMeter::create(trial_plan(bench, bench.reference(), Precision::f32).value(),
                                                bench.data, {bench.tuning.begin(), bench.tuning.begin() + 64}, {})
                                .value();
  const std::vector<Damage> damages = meter.measure(plans, 64).value();
  EXPECT_LT(damages[0].divergence, damages[1].divergence);
}

TEST(ChooseRanges, Stops) {
  Workbench bench = opened();
  AdaptOptions options = small_options();
  std::stop_source source;
  source.request_stop();
  options.stop = source.get_token();
  EXPECT_EQ(choose_ranges(bench, options).code(), StatusCode::cancelled);
}

}  // namespace
}  // namespace rheo

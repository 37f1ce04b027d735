// SPDX-License-Identifier: Apache-2.0
#include "adapt/calibrate_ranges.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <stop_token>
#include <vector>

#include "load/npy.h"
#include "support/graph_checks.h"
#include "support/sample_graphs.h"
#include "support/small_classifier.h"
#include "support/temporary_folder.h"

namespace rheo {
namespace {

using testing::small_workbench;

// All zero gives one item with extremes of its own.
constexpr std::array kItems = {3, 141, 59, 265, 35, 89, 79, 32, 38, 46};

Result<Ranges> calibrated(std::span<const int> items, double coverage, const std::stop_token& stop = {}) {
  const Workbench& bench = small_workbench();
  return calibrate_ranges(bench.plans->plan(Precision::f32, 1).value(), bench.data, items, coverage, stop);
}

TEST(CalibrateRanges, CoversWhatTheReferenceKernelsCompute) {
  const Workbench& bench = small_workbench();
  const Ranges ranges = calibrated(kItems, 1).value();
  Ranges expected;  // over all items
  for (const int item : kItems) {
    Tensor input;
    ASSERT_TRUE(bench.data.read_item(item, input).ok());
    for (const auto& [name, range] : testing::observed_ranges(*bench.reference().graph, std::span(&input, 1))) {
      const auto [known, added] = expected.emplace(name, range);
      if (added) continue;
      known->second.low = std::min(known->second.low, range.low);
      known->second.high = std::max(known->second.high, range.high);
    }
  }
  ASSERT_TRUE(ranges.contains("match"));
  ASSERT_TRUE(ranges.contains("image"));
  for (const auto& [name, range] : ranges) {
    ASSERT_TRUE(expected.contains(name)) << name;
    const float slack = 1e-4F * std::max(1.0F, std::abs(expected[name].high));
    EXPECT_NEAR(range.low, expected[name].low, slack) << name;
    EXPECT_NEAR(range.high, expected[name].high, slack) << name;
  }
}

TEST(CalibrateRanges, LessCoverageLeavesTheExtremesOut) {
  const Ranges all = calibrated(kItems, 1).value();
  const Ranges most = calibrated(kItems, 0.8).value();
  ASSERT_EQ(all.size(), most.size());
  int tighter = 0;
  for (const auto& [name, range] : most) {
    EXPECT_GE(range.low, all.at(name).low) << name;
    EXPECT_LE(range.high, all.at(name).high) << name;
    tighter += range.high < all.at(name).high ? 1 : 0;
  }
  EXPECT_GT(tighter, 0);
}

// Token numbers have no range; what is computed of them has.
TEST(CalibrateRanges, WholeNumbersGoInWithoutARange) {
  const testing::TemporaryFolder folder;
  ASSERT_TRUE(write_npy(folder.file("tokens.npy"), Tensor::of<std::int64_t>({1, 2, 3, 4, 5, 6}, {1, 6}).value()).ok());
  const auto graph = testing::encoder_graph();
  const Dataset data = open_dataset(folder.file("tokens.npy"), "", *graph, Labels::optional).value();
  const auto plan = make_plan(graph, {}).value();
  const std::vector<int> items = {0};
  const Ranges ranges = calibrate_ranges(plan, data, items, 1, {}).value();
  EXPECT_FALSE(ranges.contains("tokens"));
  EXPECT_FALSE(ranges.contains("nearest"));
  ASSERT_TRUE(ranges.contains("numbers"));
  EXPECT_EQ(ranges.at("numbers").high, 6);
}

TEST(CalibrateRanges, RulesStayWithinTheLargest) {
  const Workbench& bench = small_workbench();
  const Ranges largest = calibrated(kItems, 1).value();
  const std::vector<Ranges> by_rule =
      calibrate_ranges_by(bench.plans->plan(Precision::f32, 1).value(), bench.data, kItems, largest, kRangeRules, {})
          .value();
  ASSERT_EQ(by_rule.size(), std::size(kRangeRules));
  EXPECT_EQ(by_rule[0], largest) << "nothing is cut off";
  int tighter = 0;
  for (const Ranges& ranges : by_rule) {
    ASSERT_EQ(ranges.size(), largest.size());
    for (const auto& [name, range] : ranges) {
      EXPECT_GE(range.low, largest.at(name).low) << name;
      EXPECT_LE(range.high, largest.at(name).high) << name;
      EXPECT_LE(range.low, range.high) << name;
      tighter += range != largest.at(name) ? 1 : 0;
    }
  }
  EXPECT_GT(tighter, 0);
}

TEST(CalibrateRanges, StopsAndRefusesItemsThatDoNotExist) {
  std::stop_source source;
  source.request_stop();
  EXPECT_EQ(calibrated(kItems, 1, source.get_token()).status().code(), StatusCode::cancelled);
  EXPECT_EQ(calibrated(std::vector<int>{5, 600}, 1).status().code(), StatusCode::invalid_argument);
}

}  // namespace
}  // namespace rheo

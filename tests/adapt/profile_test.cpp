// SPDX-License-Identifier: Apache-2.0
// How long anything takes is not tested, only what must be so on any machine.
#include "adapt/profile.h"

#include <gtest/gtest.h>

#include <array>
#include <stop_token>
#include <vector>

#include "support/small_classifier.h"

namespace rheo {
namespace {

using testing::small_workbench;

const std::array kPaths = {Path{Precision::f32}, Path{Precision::int8}};

Result<std::vector<std::vector<Latency>>> profiled(int batch, int rounds, const std::stop_token& stop = {}) {
  const Workbench& bench = small_workbench();
  return profile_paths(*bench.plans, kPaths, batch, bench.data, bench.tuning, rounds, stop);
}

// In batches of 8, of the first `kept` inputs of the data.
Result<std::vector<std::vector<Latency>>> profiled_on(const std::vector<int>& items, std::int64_t kept = 600) {
  const Workbench& bench = small_workbench();
  Dataset data = bench.data;
  data.items = Tensor::zeros(DType::u8, {kept, 1, 8, 8}).value();
  return profile_paths(*bench.plans, kPaths, 8, data, items, 3, {});
}

TEST(Profile, TimesEveryExitOfEveryPlan) {
  for (const int batch : {1, 3}) {
    const auto latencies = profiled(batch, 20).value();
    ASSERT_EQ(latencies.size(), kPaths.size());
    for (const auto& exits : latencies) {
      ASSERT_EQ(exits.size(), 3U);
      for (std::size_t exit = 0; exit < exits.size(); ++exit) {
        EXPECT_GT(exits[exit].median_us, 0);
        EXPECT_GE(exits[exit].p99_us, exits[exit].median_us);
        // A deeper exit is timed from the same start in the same pass.
        EXPECT_GE(exits[exit].median_us, exits[exit == 0 ? 0 : exit - 1].median_us);
      }
    }
  }
}

TEST(Profile, NeedsNoMoreInputsThanOneWhateverTheBatch) {
  EXPECT_TRUE(profiled(8, 100).ok());  // more rounds than there are batches
  EXPECT_TRUE(profiled(601, 1).ok());
  EXPECT_EQ(profiled_on({}).status().code(), StatusCode::invalid_argument);
}

// All other inputs are gone: whoever reads one of them gets an error.
TEST(Profile, LooksAtTheGivenInputsOnly) {
  EXPECT_TRUE(profiled_on(std::vector{0, 1, 2}, 3).ok());
  EXPECT_FALSE(profiled_on(std::vector{0, 1, 3}, 3).ok());
}

TEST(Profile, Stops) {
  std::stop_source source;
  source.request_stop();
  EXPECT_EQ(profiled(1, 20, source.get_token()).status().code(), StatusCode::cancelled);
}

}  // namespace
}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
#include "load/plain_ladder.h"

#include <gtest/gtest.h>

#include "support/sample_graphs.h"

namespace rheo {
namespace {

TEST(PlainLadder, HoldsEveryExitInF32) {
  const auto graph = testing::three_exit_graph();
  const Ladder ladder = plain_ladder(*graph).value();
  ASSERT_EQ(ladder.size(), 3U);
  double before = 0;
  for (std::size_t i = 0; i < ladder.size(); ++i) {
    const PathId id{static_cast<std::uint8_t>(i)};
    EXPECT_EQ(ladder.path(id).exit, graph->exits()[i].name);
    EXPECT_EQ(ladder.path(id).precision, Precision::f32);
    EXPECT_EQ(ladder.profile(id).multiply_adds,
              static_cast<double>(multiply_adds(*graph, static_cast<int>(i)).value()));
    EXPECT_GT(ladder.profile(id).latency_us, before);
    before = ladder.profile(id).latency_us;
  }
}

TEST(PlainLadder, HoldsOtherPrecisionsBesideTheReference) {
  const auto graph = testing::three_exit_graph();
  const std::vector<Precision> precisions = {Precision::bf16, Precision::int8};
  const Ladder ladder = plain_ladder(*graph, precisions).value();
  ASSERT_EQ(ladder.size(), 9U);
  EXPECT_EQ(ladder.name(ladder.reference()), graph->exits()[2].name + ".f32");
  for (const Exit& exit : graph->exits()) {
    for (const char* precision : {".f32", ".bf16", ".int8"}) EXPECT_TRUE(ladder.find(exit.name + precision).ok());
  }
  EXPECT_EQ(ladder.path(ladder.cheapest()).precision, Precision::int8);
}

TEST(PlainLadder, IsNotMeasured) {
  const Ladder ladder = plain_ladder(*testing::three_exit_graph()).value();
  PathProfile profile = ladder.profile(ladder.reference());
  EXPECT_GT(profile.latency_us, 0);
  EXPECT_FALSE(is_measured(profile));
  profile.agreement = 1;
  EXPECT_TRUE(is_measured(profile));
  profile.agreement = 0;
  profile.latency_p99_us = 5;
  EXPECT_TRUE(is_measured(profile));
}

}  // namespace
}  // namespace rheo

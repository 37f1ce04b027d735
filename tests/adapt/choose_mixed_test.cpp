// SPDX-License-Identifier: Apache-2.0
// Whether a mixed path is kept depends on times; what it holds when it is kept does not.
#include "adapt/choose_mixed.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "adapt/damage.h"
#include "support/small_classifier.h"
#include "transform/lower.h"

namespace rheo {
namespace {

using testing::small_options;
using testing::small_workbench;

Workbench with_mixed() {
  Workbench bench = small_workbench();
  bench.candidates.push_back({.precision = Precision::mixed});
  return bench;
}

bool is_candidate(const Workbench& bench) {
  return std::ranges::any_of(bench.candidates, [](const Path& path) { return path.precision == Precision::mixed; });
}

TEST(ChooseMixed, KeepsLayersOutOrSaysWhyNot) {
  Workbench bench = with_mixed();
  ASSERT_TRUE(choose_mixed(bench, small_options()).ok());
  if (!is_candidate(bench)) {
    ASSERT_EQ(bench.refused.size(), 1U);
    EXPECT_EQ(bench.refused[0].path, "mixed");
    EXPECT_FALSE(bench.refused[0].reason.empty());
    EXPECT_TRUE(bench.reference().mixed.empty());
    return;
  }
  EXPECT_TRUE(bench.refused.empty());
  EXPECT_FALSE(bench.reference().mixed.empty());
  const std::vector<std::string> nodes = eight_bit_nodes(*bench.reference().graph);
  for (const auto& [node, precision] : bench.reference().mixed) {
    EXPECT_NE(std::ranges::find(nodes, node), nodes.end()) << node;
  }
  EXPECT_TRUE(trial_plan(bench, bench.reference(), Precision::mixed).ok());
}

// What int8 does to one layer is made so bad that the search cannot miss it.
TEST(ChooseMixed, FindsTheLayerThatSuffers) {
  Workbench bench = with_mixed();
  Variant& variant = bench.variants.back();
  ASSERT_TRUE(variant.ranges.contains("edges.relu"));
  variant.ranges["edges.relu"] = {0, 2000};  // what the second convolution reads, through a pool
  AdaptOptions options = small_options();
  ASSERT_TRUE(choose_mixed(bench, options).ok());
  if (!is_candidate(bench)) return;  // f32 ran faster than 8 bits on this machine
  EXPECT_TRUE(variant.mixed.contains("fine.relu")) << variant.mixed.begin()->first;
}

TEST(ChooseMixed, ModelsWithoutEightBitLayersHaveNone) {
  testing::Net net(3);
  const ValueId image = net.builder().add_input("image", {DType::f32, {kDynamic, 1, 8, 8}, {}}, {1.0 / 255, 0}).value();
  net.exit("final", net.linear(net.node(OpKind::flatten, {image}), 5, "head"));
  Workbench bench = with_mixed();
  bench.variants = {{.graph = net.build()}};
  ASSERT_TRUE(choose_mixed(bench, small_options()).ok());
  EXPECT_FALSE(is_candidate(bench));
  ASSERT_EQ(bench.refused.size(), 1U);
  EXPECT_NE(bench.refused[0].reason.find("no layer"), std::string::npos);
}

TEST(ChooseMixed, NothingIsSearchedWhereNobodyAsked) {
  Workbench bench = small_workbench();
  ASSERT_TRUE(choose_mixed(bench, small_options()).ok());
  EXPECT_TRUE(bench.reference().mixed.empty());
  EXPECT_TRUE(bench.refused.empty());
}

TEST(ChooseMixed, Stops) {
  Workbench bench = with_mixed();
  AdaptOptions options = small_options();
  std::stop_source source;
  source.request_stop();
  options.stop = source.get_token();
  EXPECT_EQ(choose_mixed(bench, options).code(), StatusCode::cancelled);
}

}  // namespace
}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
#include "adapt/rough_int8.h"

#include <gtest/gtest.h>

#include "load/plain_ladder.h"
#include "support/sample_graphs.h"
#include "transform/lower.h"
#include "transform/pass.h"

namespace rheo {
namespace {

Package plain_package() {
  Package package;
  package.graph = optimize(testing::three_exit_graph()).value();
  package.ladder = plain_ladder(*package.graph).value();
  return package;
}

TEST(RoughInt8, GivesEveryExitAnInt8PathWithRangesOfTheInputs) {
  const Tensor picture = testing::random_tensor({1, 1, 12, 12}, 5, 0, 1);
  const std::vector<std::vector<TensorView>> items(3, {picture.view()});
  const Package package = with_rough_int8(plain_package(), items, {}).value();
  EXPECT_EQ(package.ladder.size(), 9U);
  for (const Exit& exit : package.graph->exits()) EXPECT_TRUE(package.ladder.find(exit.name + ".int8").ok());
  EXPECT_TRUE(package.ranges.contains("image"));
  EXPECT_EQ(package.model_hash, model_hash(package));
  EXPECT_TRUE(lower(package.graph, Precision::int8, package.ranges).ok());
  EXPECT_FALSE(package.certificate.has_value());
}

TEST(RoughInt8, LeavesAPackageThatHasSuchPathsAlone) {
  Package package = plain_package();
  const std::vector<Precision> int8 = {Precision::int8};
  package.ladder = plain_ladder(*package.graph, int8).value();
  const Package same = with_rough_int8(package, {}, {}).value();
  EXPECT_EQ(same.ladder.size(), 6U);
  EXPECT_TRUE(same.ranges.empty());
}

}  // namespace
}  // namespace rheo

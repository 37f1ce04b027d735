// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>

#include "support/graph_checks.h"
#include "support/sample_graphs.h"
#include "transform/pass.h"

namespace rheo {
namespace {

using testing::random_tensor;

TEST(Passes, TogetherKeepTheAnswersAndLeaveOnlyFusedOps) {
  const GraphPointer graph = testing::three_exit_graph();
  std::vector<PassReport> reports;
  const GraphPointer optimised = optimize(graph, &reports).value();
  const std::vector<Tensor> inputs{random_tensor({3, 1, 12, 12}, 5, 0, 1)};
  EXPECT_TRUE(testing::same_answers(*graph, *optimised, inputs, 2e-5));
  // 9 convolutions, 1 max pool, and per exit a pool, a flatten and a linear.
  EXPECT_EQ(testing::count_kind(*optimised, OpKind::conv2d), 9);
  EXPECT_EQ(optimised->nodes().size(), 9U + 1U + 3U * 3U);
  ASSERT_EQ(reports.size(), passes().size());
  EXPECT_EQ(reports.front().nodes_before, graph->nodes().size());
  EXPECT_EQ(reports.back().nodes_after, optimised->nodes().size());
  for (const PassReport& report : reports) EXPECT_GT(report.ns, 0) << report.name;
}

TEST(Passes, ValuesThatStayKeepTheirNamesAndMeaning) {
  const GraphPointer graph = testing::three_exit_graph();
  const GraphPointer optimised = optimize(graph).value();
  const std::vector<Tensor> inputs{random_tensor({2, 1, 12, 12}, 6, 0, 1)};
  const Ranges before = testing::observed_ranges(*graph, inputs);
  const Ranges after = testing::observed_ranges(*optimised, inputs);
  EXPECT_GE(after.size(), 20U);
  for (const auto& [name, range] : after) {
    ASSERT_TRUE(before.contains(name)) << name;
    EXPECT_NEAR(range.low, before.at(name).low, 1e-4) << name;
    EXPECT_NEAR(range.high, before.at(name).high, 1e-4) << name;
  }
}

TEST(Passes, RunningThemAgainChangesNothing) {
  const GraphPointer once = optimize(testing::three_exit_graph()).value();
  const GraphPointer twice = optimize(once).value();
  EXPECT_EQ(testing::kinds(*twice), testing::kinds(*once));
}

TEST(Passes, HaveDifferentNames) {
  std::set<std::string_view> names;
  for (const Pass& pass : passes()) EXPECT_TRUE(names.insert(pass.name).second) << pass.name;
}

TEST(Passes, AFailureNamesThePass) {
  constexpr Pass kBroken[] = {
      {"explode", [](const Graph&) -> Result<GraphPointer> { return Status(StatusCode::internal, "Boom."); }}};
  const Status status = run_passes(testing::three_exit_graph(), kBroken).status();
  EXPECT_EQ(status.message(), "explode: Boom.");
}

}  // namespace
}  // namespace rheo

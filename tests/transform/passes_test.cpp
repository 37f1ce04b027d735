// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>

#include "support/graph_checks.h"
#include "support/sample_graphs.h"
#include "transform/pass.h"

namespace rheo {

// A friend of Graph: the only way to break one.
struct PlantedFaults {
  static std::vector<Value>& values(Graph& graph) { return graph.values_; }
};

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

TEST(Passes, AreSwitchedOffByName) {
  const GraphPointer graph = testing::three_exit_graph();
  const std::vector<Tensor> inputs{random_tensor({2, 1, 12, 12}, 7, 0, 1)};
  for (const Pass& pass : passes()) {
    std::vector<PassReport> reports;
    const GraphPointer without = optimize(graph, &reports, {.off = {std::string(pass.name)}}).value();
    EXPECT_EQ(reports.size(), passes().size() - 1) << pass.name;
    for (const PassReport& report : reports) EXPECT_NE(report.name, pass.name);
    EXPECT_TRUE(testing::same_answers(*graph, *without, inputs, 2e-5)) << pass.name;
  }
  EXPECT_GT(testing::count_kind(*optimize(graph, nullptr, {.off = {"fold_batch_norm"}}).value(), OpKind::batch_norm),
            0);
  const Status status = optimize(graph, nullptr, {.off = {"fold_everything"}}).status();
  EXPECT_EQ(status.code(), StatusCode::not_found);
  for (const char* part : {"fold_everything", "fold_constants", "dead_code", "free_batch"}) {
    EXPECT_NE(status.message().find(part), std::string::npos) << part << " in " << status.message();
  }
}

// A pass that forgets to infer types again.
TEST(Passes, WhatAPassBreaksIsFoundByTheVerificationAfterIt) {
  constexpr Pass kBroken[] = {{"forget_types", [](const Graph& graph) -> Result<GraphPointer> {
                                 Graph broken = graph;
                                 PlantedFaults::values(broken)[graph.nodes()[0].outputs[0]].type.shape[1] += 1;
                                 return std::make_shared<const Graph>(std::move(broken));
                               }}};
  const Status status = run_passes(testing::three_exit_graph(), kBroken).status();
  EXPECT_EQ(status.code(), StatusCode::internal);
  EXPECT_EQ(status.message().rfind("forget_types: ", 0), 0U) << status.message();
  EXPECT_NE(status.message().find("stem.conv"), std::string::npos) << status.message();
}

TEST(Passes, ReportsMakeOneLine) {
  const std::vector<PassReport> reports = {{"first", 1500, 7, 5}, {"second", 20'000, 5, 4}};
  EXPECT_EQ(describe(reports), "first 1 us (5 nodes), second 20 us (4 nodes)");
}

TEST(Passes, AFailureNamesThePass) {
  constexpr Pass kBroken[] = {
      {"explode", [](const Graph&) -> Result<GraphPointer> { return Status(StatusCode::internal, "Boom."); }}};
  const Status status = run_passes(testing::three_exit_graph(), kBroken).status();
  EXPECT_EQ(status.message(), "explode: Boom.");
}

TEST(Passes, KeepWhatIsGivenOut) {
  for (const GraphPointer& graph : {testing::three_exits_and_outputs(), testing::encoder_graph()}) {
    const GraphPointer optimised = optimize(graph).value();
    const bool is_encoder = graph->exits().size() == 1;
    const std::vector<Tensor> inputs{is_encoder ? Tensor::of<std::int64_t>({1, 2, 3, 4, 5, 6}, {1, 6}).value()
                                                : random_tensor({3, 1, 12, 12}, 5, 0, 1)};
    EXPECT_TRUE(testing::same_answers(*graph, *optimised, inputs, 2e-5));
    EXPECT_TRUE(testing::same_outputs(*graph, *optimised, inputs, 2e-5));
  }
}

// Each of these would be merged into its reader, dropped or computed ahead, were it not given out.
TEST(Passes, WhatAPassWouldSwallowStaysWhenItIsAnOutput) {
  testing::Net net;
  const ValueId image = net.input({kDynamic, 3, 6, 6});
  const ValueId conv = net.conv(image, 4, 3, 1, "conv");
  const ValueId norm = net.batch_norm(conv, "norm");
  const ValueId act = net.node(OpKind::relu, {norm}, {}, "act");
  const ValueId same = net.node(OpKind::reshape, {act}, {{"shape", std::vector<std::int64_t>{0, 4, 6, 6}}}, "same");
  net.exit("final", net.node(OpKind::tanh, {same}, {}, "last"));
  for (const auto& [name, value] : {std::pair{"conv", conv}, {"norm", norm}, {"same", same}}) net.output(name, value);
  net.output("table", net.node(OpKind::relu, {net.constant({1, 3}, "c")}, {}, "table"));
  const GraphPointer graph = net.build();
  const GraphPointer optimised = optimize(graph, nullptr, {.off = {"free_batch"}}).value();
  for (const char* name : {"conv", "norm", "same", "table"}) {
    ASSERT_NE(testing::find_node(*optimised, name), nullptr) << name;
  }
  const std::vector<Tensor> inputs{random_tensor({2, 3, 6, 6}, 4)};
  EXPECT_TRUE(testing::same_outputs(*graph, *optimised, inputs, 1e-5));
}

}  // namespace
}  // namespace rheo

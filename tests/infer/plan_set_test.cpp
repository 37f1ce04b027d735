// SPDX-License-Identifier: Apache-2.0
#include "infer/plan_set.h"

#include <gtest/gtest.h>

#include <thread>

#include "infer/sample_steps.h"

namespace rheo {
namespace {

using testing::sample_ranges;

constexpr std::array<Precision, 3> kAll = {Precision::f32, Precision::bf16, Precision::int8};

class PlanSetTest : public ::testing::Test {
 protected:
  std::shared_ptr<PlanSet> make(std::span<const Precision> precisions) {
    return PlanSet::create(graph, ranges, precisions, {}).value();
  }
  const testing::GraphPointer graph = optimize(testing::three_exit_graph()).value();
  const Ranges ranges = sample_ranges(*graph);
};

TEST_F(PlanSetTest, MakesAPlanOnceAndKeepsIt) {
  const auto set = make(kAll);
  for (const Precision precision : kAll) {
    const auto first = set->plan(precision, 2).value();
    EXPECT_EQ(first->batch(), 2);
    EXPECT_EQ(set->plan(precision, 2).value(), first);
    EXPECT_NE(set->plan(precision, 3).value(), first);
    EXPECT_EQ(&first->graph(), set->graph(precision).get());
  }
}

TEST_F(PlanSetTest, BatchSizesSharePackedWeights) {
  const auto set = make(std::span(kAll).first(1));
  ASSERT_TRUE(set->plan(Precision::f32, 1).ok());
  const std::size_t one_plan = set->plans_bytes();
  const std::size_t weights = set->weights_bytes();
  EXPECT_GT(weights, 0u);
  ASSERT_TRUE(set->plan(Precision::f32, 2).ok());
  EXPECT_EQ(set->weights_bytes(), weights);
  EXPECT_GT(set->plans_bytes(), one_plan);
}

TEST_F(PlanSetTest, APrecisionThatIsNotThereIsNamed) {
  const auto set = make(std::span(kAll).first(1));
  EXPECT_EQ(set->graph(Precision::bf16), nullptr);
  const Status status = set->plan(Precision::bf16, 1).status();
  EXPECT_EQ(status.code(), StatusCode::not_found);
  EXPECT_NE(status.message().find("bf16"), std::string::npos) << status.message();
}

TEST_F(PlanSetTest, EightBitsWithoutRangesAreRefused) {
  const Status status = PlanSet::create(graph, {}, std::span(kAll).last(1), {}).status();
  EXPECT_FALSE(status.ok());
  EXPECT_NE(status.message().find("int8"), std::string::npos) << status.message();
}

TEST_F(PlanSetTest, ABatchThatCannotBeIsRefused) {
  const auto set = make(std::span(kAll).first(1));
  EXPECT_FALSE(set->plan(Precision::f32, 0).ok());
  EXPECT_FALSE(set->plan(Precision::f32, -1).ok());
  EXPECT_TRUE(set->plan(Precision::f32, 1).ok());
}

TEST_F(PlanSetTest, ManyThreadsGetTheSamePlan) {
  const auto set = make(std::span(kAll).first(2));
  std::vector<std::shared_ptr<const Plan>> got(4);
  {
    std::vector<std::jthread> threads;
    for (auto& plan : got) threads.emplace_back([&plan, &set] { plan = set->plan(Precision::bf16, 2).value(); });
  }
  for (const auto& plan : got) EXPECT_EQ(plan, got[0]);
}

TEST_F(PlanSetTest, MeasuredChoicesAreFollowed) {
  PlanSetOptions options;
  options.isa = select_isa("").value();
  const auto kernel_of = [&](std::string_view node) {
    const auto set = PlanSet::create(graph, ranges, std::span(kAll).first(1), options).value();
    const auto plan = set->plan(Precision::f32, 1).value();
    for (const PlanOp& op : plan->ops()) {
      if (op.name == node) return op.kernel_name;
    }
    return std::string("no such node");
  };
  const std::string node = testing::find_node(*graph, "stem.conv") != nullptr ? "stem.conv" : graph->nodes()[0].name;
  const std::string first = kernel_of(node);
  const std::string other = first == "own.conv2d" ? "dnnl.conv2d" : "own.conv2d";
  options.choices[static_cast<std::size_t>(Precision::f32)][node] = {other, Layout::nhwc};
  EXPECT_EQ(kernel_of(node), other);
}

}  // namespace
}  // namespace rheo

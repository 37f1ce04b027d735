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
  options.choices["f32"][node] = {other, Layout::nhwc};
  EXPECT_EQ(kernel_of(node), other);
}

TEST_F(PlanSetTest, SizesOfPicturesSharePackedWeights) {
  const Variant only{.graph = graph, .ranges = ranges};
  std::vector<Path> paths = {{.precision = Precision::int8}};
  const auto weights_of = [&] {
    const auto set = PlanSet::create(std::span(&only, 1), paths, {}).value();
    for (const Path& path : paths) EXPECT_TRUE(set->plan(path, 1).ok()) << path.plan_name();
    return set->weights_bytes();
  };
  const std::size_t alone = weights_of();
  for (const int side : {10, 8, 6}) paths.push_back({.precision = Precision::int8, .resolution = {side, side}});
  EXPECT_EQ(weights_of(), alone);
}

TEST_F(PlanSetTest, EveryModelTakesThePicturesOfTheLastOne) {
  testing::Net net;
  const ValueId pooled = net.node(OpKind::global_avg_pool, {net.conv(net.input({kDynamic, 1, 20, 16}), 4, 3)});
  net.exit("last", net.linear(net.node(OpKind::flatten, {pooled}), 5));
  const Variant variants[] = {{.name = "small", .graph = graph, .ranges = ranges},
                              {.name = "large", .graph = net.build()}};
  const Path paths[] = {{.variant = "small"},
                        {.precision = Precision::int8, .variant = "small", .resolution = {8, 8}},
                        {.variant = "large"}};
  const auto set = PlanSet::create(variants, paths, {}).value();
  for (const Path& path : paths) {
    const auto plan = set->plan(path, 1).value();
    const Slot& input = plan->slots()[static_cast<std::size_t>(plan->input_slot(0))];
    EXPECT_EQ(input.type.shape, (Shape{1, 1, 20, 16})) << path.plan_name();
  }
  EXPECT_EQ(set->graph(paths[0])->exits().size(), 3u);
  EXPECT_EQ(set->graph(paths[2])->exits().size(), 1u);
  EXPECT_EQ(set->graph(Path{}), nullptr) << "all models here have names";
}

TEST_F(PlanSetTest, SaysWhichPathCannotBe) {
  const Variant only{.graph = graph, .ranges = ranges};
  const Path larger{.resolution = {13, 13}};
  const Status size = PlanSet::create(std::span(&only, 1), std::span(&larger, 1), {}).status();
  EXPECT_EQ(size.code(), StatusCode::invalid_argument);
  EXPECT_NE(size.message().find("f32@13"), std::string::npos) << size.message();
  const Path stranger{.variant = "stranger"};
  EXPECT_EQ(PlanSet::create(std::span(&only, 1), std::span(&stranger, 1), {}).status().code(), StatusCode::not_found);
  EXPECT_EQ(PlanSet::create({}, std::span(&larger, 1), {}).status().code(), StatusCode::invalid_argument);
  Variant odd = only;
  odd.mixed = {{"no such node", Precision::bf16}};
  const Path mixed{.precision = Precision::mixed};
  EXPECT_FALSE(PlanSet::create(std::span(&odd, 1), std::span(&mixed, 1), {}).ok());
}

TEST_F(PlanSetTest, ALadderNeedsEveryPlanOnce) {
  Ladder::Rung rungs[] = {{.path = {Precision::int8, "exit1", 0}, .profile = {}},
                          {.path = {Precision::int8, "final", 2}, .profile = {}},
                          {.path = {Precision::f32, "exit1", 0, {}, {8, 8}}, .profile = {}},
                          {.path = {Precision::f32, "final", 2}, .profile = {}}};
  const Ladder ladder = Ladder::create({std::begin(rungs), std::end(rungs)}).value();
  std::vector<std::string> names;
  for (const Path& path : plans_of(ladder)) names.push_back(path.plan_name());
  EXPECT_EQ(names, (std::vector<std::string>{"int8", "f32@8", "f32"}));
}

}  // namespace
}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
#include "infer/plan_set.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "infer/sample_steps.h"
#include "run/frame.h"

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

// Two wide layers, so that their weights are many pages, in the precisions of a model file.
class GivenBackWeights : public ::testing::Test {
 protected:
  static constexpr std::array kPrecisions = {Precision::f32, Precision::bf16};
  static testing::GraphPointer wide() {
    testing::Net net;
    const ValueId pooled = net.node(OpKind::global_avg_pool, {net.conv(net.input({kDynamic, 32, 9, 9}), 96, 3)});
    net.exit("final", net.linear(net.node(OpKind::flatten, {pooled}), 256));
    return optimize(net.build()).value();
  }
  std::shared_ptr<PlanSet> make(bool gives_back) {
    PlanSetOptions options{.isa = select_isa("").value()};
    if (gives_back) {
      options.read_again = [this]() -> Result<std::vector<Variant>> {
        ++reads;
        if (!failure.ok()) return failure;
        return std::vector<Variant>{{.graph = wide()}};
      };
    }
    return PlanSet::create(wide(), {}, kPrecisions, options).value();
  }
  static std::vector<float> answer(PlanSet& set, Precision precision, int batch) {
    const auto plan = set.plan(precision, batch).value();
    const auto frame = Frame::create(plan).value();
    for (int row = 0; row < batch; ++row) {
      const Tensor picture = testing::random_tensor({1, 32, 9, 9}, static_cast<std::uint64_t>(row));
      EXPECT_TRUE(frame->set_input(0, row, picture).ok());
    }
    EXPECT_TRUE(frame->run_to(0, {}).ok());
    const auto logits = frame->exit_output(0).as<float>();
    return {logits.begin(), logits.end()};
  }
  // Bytes of constants that are no longer in memory.
  static std::size_t given_back(const PlanSet& set, Precision precision) {
    std::size_t bytes = 0;
    for (const Value& value : set.graph(precision)->values()) {
      if (!value.is_constant()) continue;
      const auto elements =
          std::span(static_cast<const std::byte*>(value.constant.data()), value.constant.size_bytes());
      if (std::ranges::all_of(elements.subspan(elements.size() / 2, elements.size() / 4),
                              [](std::byte byte) { return byte == std::byte{0}; })) {
        bytes += elements.size();
      }
    }
    return bytes;
  }
  int reads = 0;
  Status failure;
};

TEST_F(GivenBackWeights, AreReadAgainForAnotherBatchAndTheAnswersStay) {
  const auto kept = make(false);
  const auto set = make(true);
  for (const int batch : {1, 2, 4}) {
    for (const Precision precision : kPrecisions) {
      EXPECT_EQ(answer(*set, precision, batch), answer(*kept, precision, batch)) << name_of(precision) << batch;
      EXPECT_GT(given_back(*set, precision), 100'000U) << name_of(precision) << batch;
      EXPECT_EQ(given_back(*kept, precision), 0U);
    }
  }
  EXPECT_EQ(reads, 4) << "the first plans find them";
  EXPECT_EQ(set->weights_bytes(), kept->weights_bytes()) << "packs are shared by all batches";
  EXPECT_EQ(answer(*set, Precision::f32, 1), answer(*kept, Precision::f32, 1)) << "what was planned runs on";
}

TEST_F(GivenBackWeights, HeldOnesAreReadOnce) {
  const auto set = make(true);
  set->hold_weights();
  for (const int batch : {1, 2, 4}) ASSERT_TRUE(set->plan(Precision::f32, batch).ok());
  EXPECT_EQ(given_back(*set, Precision::f32), 0U);
  set->let_weights_go();
  EXPECT_GT(given_back(*set, Precision::f32), 100'000U);
  EXPECT_EQ(reads, 0);
}

TEST_F(GivenBackWeights, ThatCannotBeReadFailTheNewPlanAlone) {
  const auto set = make(true);
  const std::vector<float> before = answer(*set, Precision::f32, 1);
  failure = Status(StatusCode::io_error, "gone");
  EXPECT_EQ(set->plan(Precision::f32, 2).status().code(), StatusCode::io_error);
  EXPECT_EQ(answer(*set, Precision::f32, 1), before);
  failure = {};
  EXPECT_TRUE(set->plan(Precision::f32, 2).ok());
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

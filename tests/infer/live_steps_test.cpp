// SPDX-License-Identifier: Apache-2.0
#include "infer/live_steps.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "base/clock.h"
#include "base/random.h"
#include "infer/sample_steps.h"
#include "support/allocation_count.h"
#include "support/interpreter.h"

namespace rheo {
namespace {

using testing::Profile;
using testing::SampleSteps;

// Every path's answer to every picture, each computed alone in steps of its own.
using Answers = std::map<std::string, std::vector<std::vector<float>>>;

Answers answers_alone(const SampleSteps& sample) {
  const auto steps = LiveSteps::create(sample.plans, sample.ladder, 1).value();
  Answers answers;
  for (const TensorView& picture : sample.views) {
    const std::span<const TensorView> input(&picture, 1);
    for (std::size_t i = 0; i < sample.ladder.size(); ++i) {
      const PathId path{static_cast<std::uint8_t>(i)};
      Item item;
      item.next = path;
      Item* items[] = {&item};
      steps->begin(std::span(&input, 1), {});
      EXPECT_TRUE(steps->take(items).ok());
      const auto logits = steps->answer(0, path).as<float>();
      answers[std::string(sample.ladder.name(path))].emplace_back(logits.begin(), logits.end());
    }
  }
  return answers;
}

void expect_close(const std::vector<float>& got, const std::vector<float>& expected, const std::string& what) {
  ASSERT_EQ(got.size(), expected.size()) << what;
  float largest = 0;
  for (const float value : expected) largest = std::max(largest, std::fabs(value));
  const float tolerance = what.find("f32") != std::string::npos ? 1e-5f : 2e-2f;
  for (std::size_t c = 0; c < got.size(); ++c) EXPECT_NEAR(got[c], expected[c], tolerance * largest) << what;
}

void expect_as_alone(const SampleSteps& sample, const Answers& alone, const std::vector<int>& items,
                     const std::string& path) {
  for (const int item : items) {
    expect_close(sample.answer(item, path), alone.at(path)[static_cast<std::size_t>(item)],
                 path + " of item " + std::to_string(item));
  }
}

// The width of an answer comes from a file.
TEST(LiveSteps, AnswersHaveALimit) {
  testing::Net net;
  net.exit("only", net.linear(net.input({kDynamic, 2}), 4096));
  const testing::GraphPointer graph = net.build();
  const std::vector<Precision> precisions = {Precision::bf16, Precision::f32};
  const Ladder ladder = testing::sample_ladder(*graph, precisions, Profile::by_item);
  PlanSetOptions options;
  for (const std::size_t limit_bytes : {std::size_t{24} << 10, std::size_t{40} << 10}) {
    options.arena_limit_bytes = limit_bytes;
    const auto plans = PlanSet::create(graph, {}, precisions, options).value();
    ASSERT_TRUE(plans->plan(Precision::bf16, 1).ok()) << plans->plan(Precision::bf16, 1).status().message();
    const auto steps = LiveSteps::create(plans, ladder, 1);
    EXPECT_EQ(steps.status().code(), limit_bytes < 2 * 4096 * 4 ? StatusCode::limit_exceeded : StatusCode::ok);
    if (!steps.ok()) {
      EXPECT_NE(steps.status().message().find("[1, 4096]"), std::string::npos);
    }
  }
}

TEST(LiveSteps, AnswersLikeTheInterpreterInEveryPrecision) {
  SampleSteps sample(2, Profile::by_item, {Precision::int8, Precision::bf16, Precision::f32});
  for (std::size_t i = 0; i < sample.ladder.size(); ++i) {
    const PathId id{static_cast<std::uint8_t>(i)};
    const Path& path = sample.ladder.path(id);
    ASSERT_TRUE(sample.take({0, 1}, path.name()).ok()) << path.name();
    for (std::size_t item = 0; item < 2; ++item) {
      const Graph& graph = *sample.plans->graph(path.precision);
      const auto exits = testing::interpret_exits(graph, std::span(&sample.pictures[item], 1)).value();
      const auto expected = exits[static_cast<std::size_t>(path.exit_index)].as<float>();
      expect_close(sample.answer(static_cast<int>(item), path.name()), {expected.begin(), expected.end()}, path.name());
      const Evidence& evidence = sample.items[item].evidence.back();
      EXPECT_EQ(evidence.path, id);
      EXPECT_EQ(evidence.answer, std::max_element(expected.begin(), expected.end()) - expected.begin());
      EXPECT_TRUE(evidence.usable);
      EXPECT_GT(evidence.cost_us, 0);
    }
  }
}

TEST(LiveSteps, SurvivorsMoveTogetherWhereThatIsCheaper) {
  SampleSteps sample(8, Profile::by_item);
  const Answers alone = answers_alone(sample);
  ASSERT_TRUE(sample.take({0, 1, 2, 3, 4, 5, 6, 7}, "exit1.f32").ok());
  EXPECT_EQ(sample.batches_run, (std::set<std::int64_t>{8}));
  ASSERT_TRUE(sample.take({1, 3, 4, 6, 7}, "exit2.f32").ok());
  EXPECT_EQ(sample.batches_run, (std::set<std::int64_t>{1, 4}));
  ASSERT_TRUE(sample.take({3, 7}, "final.f32").ok());
  EXPECT_EQ(sample.batches_run, (std::set<std::int64_t>{2})) << "from two frames into one";
  expect_as_alone(sample, alone, {0, 1, 2, 3, 4, 5, 6, 7}, "exit1.f32");
  expect_as_alone(sample, alone, {1, 3, 4, 6, 7}, "exit2.f32");
  expect_as_alone(sample, alone, {3, 7}, "final.f32");
}

TEST(LiveSteps, SurvivorsStayWhereTheyAreWhereThatIsCheaper) {
  SampleSteps sample(8, Profile::by_batch);
  const Answers alone = answers_alone(sample);
  ASSERT_TRUE(sample.take({0, 1, 2, 3, 4, 5, 6, 7}, "exit1.f32").ok());
  ASSERT_TRUE(sample.take({1, 3, 4, 6, 7}, "exit2.f32").ok());
  EXPECT_EQ(sample.batches_run, (std::set<std::int64_t>{8}));
  ASSERT_TRUE(sample.take({3}, "final.f32").ok());
  EXPECT_EQ(sample.batches_run, (std::set<std::int64_t>{8}));
  expect_as_alone(sample, alone, {3}, "final.f32");
  expect_as_alone(sample, alone, {1, 3, 4, 6, 7}, "exit2.f32");
}

class LiveStepsBatch : public ::testing::TestWithParam<std::tuple<int, Profile>> {};

TEST_P(LiveStepsBatch, ItemsThatPartAnswerAsAlone) {
  const auto [capacity, profile] = GetParam();
  SampleSteps sample(capacity, profile);
  const Answers alone = answers_alone(sample);
  std::vector<int> all;
  std::vector<int> odd;
  for (int i = 0; i < capacity; ++i) {
    all.push_back(i);
    if (i % 2 == 1 || capacity == 1) odd.push_back(i);
  }
  for (int request = 0; request < 2; ++request) {  // the frames of the first serve the second
    sample.begin({});
    ASSERT_TRUE(sample.take(all, "exit1.f32").ok());
    ASSERT_TRUE(sample.take(odd, "exit2.f32").ok());
    ASSERT_TRUE(sample.take({odd.back()}, "final.f32").ok());
    ASSERT_TRUE(sample.take(all, "final.f32").ok());
    expect_as_alone(sample, alone, all, "exit1.f32");
    expect_as_alone(sample, alone, odd, "exit2.f32");
    expect_as_alone(sample, alone, all, "final.f32");
  }
}

TEST_P(LiveStepsBatch, AShallowerExitAfterADeeperOneRunsNothing) {
  const auto [capacity, profile] = GetParam();
  SampleSteps sample(capacity, profile);
  const Answers alone = answers_alone(sample);
  std::vector<int> all;
  for (int i = 0; i < capacity; ++i) all.push_back(i);
  ASSERT_TRUE(sample.take(all, "exit2.f32").ok());
  ASSERT_TRUE(sample.take({0}, "final.f32").ok());
  ASSERT_TRUE(sample.take(all, "exit1.f32").ok());
  EXPECT_TRUE(sample.batches_run.empty());
  expect_as_alone(sample, alone, all, "exit1.f32");
  expect_as_alone(sample, alone, {0}, "final.f32");
}

TEST_P(LiveStepsBatch, ComingBackToAPrecisionResumesIt) {
  const auto [capacity, profile] = GetParam();
  SampleSteps sample(capacity, profile);
  const Answers alone = answers_alone(sample);
  ASSERT_TRUE(sample.take({0}, "exit1.f32").ok());
  ASSERT_TRUE(sample.take({0}, "exit2.bf16").ok());
  ASSERT_TRUE(sample.take({0}, "final.f32").ok());
  ASSERT_TRUE(sample.take({0}, "exit1.bf16").ok());
  EXPECT_TRUE(sample.batches_run.empty()) << "the first exit in bf16 was passed on the way to the second";
  for (const char* path : {"exit1.f32", "exit2.bf16", "final.f32", "exit1.bf16"}) {
    expect_as_alone(sample, alone, {0}, path);
  }
}

// Any order of paths, any company: the answer is the item's own.
TEST_P(LiveStepsBatch, RandomCompanyNeverChangesAnAnswer) {
  const auto [capacity, profile] = GetParam();
  SampleSteps sample(capacity, profile);
  const Answers alone = answers_alone(sample);
  SplitMix64 random(static_cast<std::uint64_t>(capacity));
  for (int request = 0; request < 12; ++request) {
    sample.begin({});
    for (int round = 0; round < 5; ++round) {
      std::vector<Item*> going;
      for (Item& item : sample.items) {
        const PathId path{static_cast<std::uint8_t>(random.next() % sample.ladder.size())};
        if (random.next() % 4 == 0 || item.evidence.has(path)) continue;
        item.next = path;
        going.push_back(&item);
      }
      const Status taken = sample.steps->take(going);
      ASSERT_TRUE(taken.ok()) << taken.to_string();
    }
    for (const Item& item : sample.items) {
      for (const Evidence& evidence : item.evidence) {
        expect_as_alone(sample, alone, {item.index}, std::string(sample.ladder.name(evidence.path)));
      }
    }
  }
}

TEST_P(LiveStepsBatch, FramesNeverRunOut) {
  const auto [capacity, profile] = GetParam();
  SampleSteps sample(capacity, profile);
  for (int request = 0; request < 2; ++request) {
    sample.begin({});
    for (const char* path : {"exit1.f32", "exit1.bf16", "exit2.f32"}) {
      for (int i = 0; i < capacity; ++i) {
        const Status taken = sample.take({i}, path);
        ASSERT_TRUE(taken.ok()) << path << " of item " << i << ": " << taken.to_string();
      }
    }
  }
}

TEST_P(LiveStepsBatch, ARequestAllocatesNothing) {
  const auto [capacity, profile] = GetParam();
  SampleSteps sample(capacity, profile);
  std::vector<Item*> all;
  for (Item& item : sample.items) all.push_back(&item);
  const std::span<Item* const> some = std::span(all).first((all.size() + 1) / 2);
  const std::size_t before = testing::allocation_count();
  sample.steps->begin(std::span(&sample.row_views, 1), {});
  Status status;
  for (const auto& [path, group] : {std::pair{1, std::span<Item* const>(all)}, {0, some}, {3, some}, {5, some}}) {
    for (Item* item : group) item->next = PathId{static_cast<std::uint8_t>(path)};
    const Status taken = sample.steps->take(group);
    if (!taken.ok()) status = taken;
  }
  EXPECT_EQ(testing::allocation_count(), before);
  EXPECT_TRUE(status.ok()) << status.to_string();
  EXPECT_EQ(sample.items[0].evidence.size(), 4u);
}

INSTANTIATE_TEST_SUITE_P(Capacities, LiveStepsBatch,
                         ::testing::Combine(::testing::Values(1, 3, 8),
                                            ::testing::Values(Profile::by_item, Profile::by_batch)),
                         [](const auto& info) {
                           return std::string(std::get<1>(info.param) == Profile::by_item ? "pays" : "paysNot") +
                                  std::to_string(std::get<0>(info.param));
                         });

TEST(LiveSteps, ADeadlineBetweenStepsKeepsTheAnswersThatAreThere) {
  SampleSteps sample(3);
  const Answers alone = answers_alone(sample);
  RunControl control;
  control.deadline_ns = now_ns() + 3'600'000'000'000;
  sample.begin(control);
  EXPECT_GT(sample.steps->remaining_us(), 3.5e9);
  std::stop_source stop;
  control.stop = stop.get_token();
  sample.begin(control);
  ASSERT_TRUE(sample.take({0, 1, 2}, "exit1.f32").ok());
  stop.request_stop();
  EXPECT_EQ(sample.take({0, 2}, "final.f32").code(), StatusCode::cancelled);
  expect_as_alone(sample, alone, {0, 1, 2}, "exit1.f32");
  EXPECT_EQ(sample.items[0].evidence.size(), 1u);

  control.stop = {};
  control.deadline_ns = now_ns() - 1;
  sample.begin(control);
  EXPECT_LT(sample.steps->remaining_us(), 0);
  EXPECT_EQ(sample.take({0, 1}, "exit1.f32").code(), StatusCode::deadline_exceeded);
  sample.begin({});
  EXPECT_EQ(sample.steps->remaining_us(), std::numeric_limits<double>::infinity());
  ASSERT_TRUE(sample.take({0, 1, 2}, "final.f32").ok()) << "a request that was cut short leaves nothing behind";
  expect_as_alone(sample, alone, {0, 1, 2}, "final.f32");
}

TEST(LiveSteps, TheHostsInstructionSetAnswersAlike) {
  SampleSteps sample(8, Profile::by_item, {Precision::bf16, Precision::f32}, select_isa("").value());
  const Answers alone = answers_alone(sample);
  ASSERT_TRUE(sample.take({0, 1, 2, 3, 4, 5, 6, 7}, "exit1.f32").ok());
  ASSERT_TRUE(sample.take({0, 5, 6}, "exit2.f32").ok());
  ASSERT_TRUE(sample.take({0, 1, 6}, "final.bf16").ok());
  expect_as_alone(sample, alone, {0, 1, 2, 3, 4, 5, 6, 7}, "exit1.f32");
  expect_as_alone(sample, alone, {0, 5, 6}, "exit2.f32");
  expect_as_alone(sample, alone, {0, 1, 6}, "final.bf16");
}

// What an item's path made is there, moved or not; what lies behind its exit is not, whoever computed it.
TEST(LiveSteps, OutputsFollowTheirItems) {
  for (const Profile profile : {Profile::by_item, Profile::by_batch}) {
    SampleSteps sample(4, profile, {Precision::bf16, Precision::f32}, Isa::portable,
                       testing::three_exits_and_outputs());
    ASSERT_TRUE(sample.take({0, 1, 2, 3}, "exit1.f32").ok());
    ASSERT_TRUE(sample.take({1, 3}, "exit2.f32").ok());
    ASSERT_TRUE(sample.take({3}, "final.f32").ok());
    for (int item = 0; item < 4; ++item) {
      const auto& picture = sample.pictures[static_cast<std::size_t>(item)];
      const auto expected = testing::interpret_given_out(*sample.graph, std::span(&picture, 1)).value();
      const std::string last = item == 3 ? "final.f32" : item == 1 ? "exit2.f32" : "exit1.f32";
      for (const std::string path : {"exit1.f32", "exit2.f32", "final.f32"}) {
        const PathId id = sample.ladder.find(path).value();
        if (!sample.items[static_cast<std::size_t>(item)].evidence.has(id)) continue;
        const int exit = sample.ladder.path(id).exit_index;
        for (std::size_t number = 1; number < 4; ++number) {
          const TensorView got = sample.steps->output(item, id, number);
          ASSERT_EQ(got.data() != nullptr, static_cast<int>(number) <= exit + 1) << path << " of " << item;
          if (got.dtype() != DType::f32 || got.data() == nullptr) continue;
          const auto want = expected[2 + number].as<float>();
          expect_close({got.as<float>().begin(), got.as<float>().end()}, {want.begin(), want.end()}, path);
        }
      }
      EXPECT_EQ(sample.items[static_cast<std::size_t>(item)].evidence.back().path, sample.ladder.find(last).value());
    }
  }
}

TEST(LiveSteps, WhatIsNoClassifierShowsNoConfidence) {
  const testing::GraphPointer graph = testing::encoder_graph();
  const std::vector<Precision> precisions = {Precision::f32};
  const Ladder ladder = testing::sample_ladder(*graph, precisions, Profile::by_item);
  const auto plans = PlanSet::create(graph, {}, precisions, {}).value();
  const auto steps = LiveSteps::create(plans, ladder, 1).value();
  const Tensor tokens = Tensor::of<std::int64_t>({1, 2, 3, 4, 5, 6}, {1, 6}).value();
  const TensorView view = tokens;
  const std::span<const TensorView> input(&view, 1);
  Item item;
  item.next = PathId{0};
  Item* items[] = {&item};
  steps->begin(std::span(&input, 1), {});
  ASSERT_TRUE(steps->take(items).ok());
  EXPECT_TRUE(item.evidence.back().usable);
  EXPECT_EQ(item.evidence.back().answer, -1);
  EXPECT_EQ(item.evidence.back().top_probability, 0);
  EXPECT_EQ(steps->answer(0, PathId{0}).shape(), (Shape{1, 6, 4}));
  EXPECT_EQ(steps->output(0, PathId{0}, 2).dtype(), DType::i64);
}

// Two models and two sizes in one ladder: every path answers as its own graph does, whatever ran before it.
TEST(LiveSteps, ModelsAndSizesAnswerForThemselves) {
  const auto large = optimize(testing::three_exits_and_outputs(1)).value();
  const auto small = optimize(testing::three_exit_graph(2)).value();
  const Variant variants[] = {{.name = "small", .graph = small}, {.name = "large", .graph = large}};
  std::vector<Ladder::Rung> rungs;
  for (const auto& [variant, side] : {std::pair{"small", 8}, {"small", 0}, {"large", 0}}) {
    for (const int exit : {0, 2}) {
      Ladder::Rung rung;
      rung.path = {Precision::f32, exit == 0 ? "exit1" : "final", exit, variant, {side, side}};
      rung.profile.latency_us = static_cast<double>(rungs.size()) + 1;
      rungs.push_back(rung);
    }
  }
  const Ladder ladder = Ladder::create(rungs).value();
  const auto plans = PlanSet::create(variants, plans_of(ladder), {}).value();
  const auto steps = LiveSteps::create(plans, ladder, 1).value();
  const Tensor picture = testing::sample_picture(7);
  const TensorView view = picture;
  const std::span<const TensorView> input(&view, 1);
  Item item;
  Item* items[] = {&item};
  steps->begin(std::span(&input, 1), {});
  for (std::size_t i = 0; i < ladder.size(); ++i) {
    item.next = PathId{static_cast<std::uint8_t>(i)};
    ASSERT_TRUE(steps->take(items).ok()) << ladder.name(item.next);
  }
  std::set<std::vector<float>> different;
  for (std::size_t i = 0; i < ladder.size(); ++i) {
    const PathId id{static_cast<std::uint8_t>(i)};
    const Path& path = ladder.path(id);
    const auto exits = testing::interpret_exits(*plans->graph(path), std::span(&picture, 1)).value();
    const auto expected = exits[static_cast<std::size_t>(path.exit_index)].as<float>();
    const auto got = steps->answer(0, id).as<float>();
    expect_close({got.begin(), got.end()}, {expected.begin(), expected.end()}, path.name());
    different.insert({got.begin(), got.end()});
    const bool has_outputs = path.variant == "large" && path.exit_index == 2;
    EXPECT_EQ(steps->output(0, id, 3).data() != nullptr, has_outputs) << path.name();
  }
  EXPECT_EQ(different.size(), ladder.size());
}

TEST(LiveSteps, CountsItsMemory) {
  const SampleSteps one(1);
  const SampleSteps eight(8);
  EXPECT_EQ(eight.steps->capacity(), 8);
  EXPECT_GT(eight.steps->frames_bytes(), 8 * one.steps->frames_bytes());
}

}  // namespace
}  // namespace rheo

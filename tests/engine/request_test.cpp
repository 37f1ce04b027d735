// SPDX-License-Identifier: Apache-2.0
// Batches, threads, memory: what happens between a call and its Outcome.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <limits>
#include <stdexcept>
#include <thread>

#include "engine/engine_core.h"
#include "engine/sample_engine.h"
#include "support/allocation_count.h"

namespace rheo {
namespace {

using namespace testing;

std::vector<float> logits_of(const Outcome& outcome) {
  const auto view = outcome.output(0).as<float>();
  return {view.begin(), view.end()};
}

TEST(Request, BatchItemsTakeTheirOwnPathsAndAnswerAsAlone) {
  const auto policy = std::make_shared<Climb>();
  const Engine engine = sample_engine({.policy = policy, .batches = {1, 8}});
  std::vector<Tensor> pictures;
  std::vector<TensorView> items;
  for (std::uint64_t seed = 0; seed < 8; ++seed) pictures.push_back(sample_picture(100 + seed));
  for (const Tensor& picture : pictures) items.push_back(picture.view());
  // A margin in the middle of what the first exit shows, so that some leave and some stay.
  std::vector<float> margins;
  for (const TensorView& item : items) margins.push_back(engine.run(item).value().record().evidence[0].margin);
  std::sort(margins.begin(), margins.end());
  policy->margin = margins[4];
  const std::vector<Outcome> together = engine.run_batch(items).value();
  std::size_t deeper = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Outcome alone = engine.run(items[i]).value();
    EXPECT_EQ(together[i].record().path, alone.record().path) << i;
    deeper += alone.record().evidence.size() > 1 ? 1 : 0;
    const std::vector<float> expected = logits_of(alone);
    const std::vector<float> got = logits_of(together[i]);
    for (std::size_t c = 0; c < expected.size(); ++c) EXPECT_NEAR(got[c], expected[c], 1e-4) << i;
  }
  EXPECT_GT(deeper, 0u);
  EXPECT_LT(deeper, items.size());
}

TEST(Request, ABatchTensorGivesOneOutcomeWithAllRows) {
  const Engine engine = sample_engine({.batches = {4}});
  const Tensor batch = random_tensor({3, 1, 12, 12}, 5, 0, 1);
  const Outcome outcome = engine.run(batch).value();
  EXPECT_EQ(outcome.output(0).shape(), (Shape{3, 5}));
  const TensorView second(batch.as<float>().data() + 144, {1, 1, 12, 12});
  const Outcome alone = engine.run(second).value();
  for (std::size_t c = 0; c < 5; ++c)
    EXPECT_NEAR(outcome.output(0).as<float>()[5 + c], alone.output(0).as<float>()[c], 1e-4);
}

TEST(Request, UnseenBatchesArePreparedOnceAndCountedOrRefusedWhenStrict) {
  const Tensor batch = random_tensor({3, 1, 12, 12}, 5, 0, 1);
  const Engine engine = sample_engine();
  EXPECT_GT(engine.run(batch).value().record().building_us, 0);
  EXPECT_EQ(engine.run(batch).value().record().building_us, 0);
  const Engine strict = sample_engine({.strict = true});
  EXPECT_EQ(strict.run(batch).status().code(), StatusCode::invalid_argument);
  ASSERT_TRUE(strict.prepare(3).ok());
  EXPECT_TRUE(strict.run(batch).ok());
  EXPECT_FALSE(strict.prepare(0).ok());
}

// Capped to portable kernels, because oneDNN allocates a little in every call; all the rest is the same code.
TEST(Request, SaysHowManyItemsAreTooMany) {
  const Engine engine = testing::sample_engine();
  const Shape one = engine.inputs()[0].shape;
  std::vector<std::int64_t> dims(one.dims().begin(), one.dims().end());
  dims[0] = 3000;
  const Tensor many = Tensor::zeros(engine.inputs()[0].dtype, Shape(std::span<const std::int64_t>(dims))).value();
  const Status whole = engine.run(many).status();
  EXPECT_EQ(whole.code(), StatusCode::invalid_argument);
  EXPECT_NE(whole.message().find("3000 items"), std::string::npos) << whole.message();
  dims[0] = 1;
  const Tensor single = Tensor::zeros(engine.inputs()[0].dtype, Shape(std::span<const std::int64_t>(dims))).value();
  const Status items = engine.run_batch(std::vector<TensorView>(2000, single.view())).status();
  EXPECT_NE(items.message().find("2000 items"), std::string::npos) << items.message();
}

TEST(Request, AllocatesNothingOnThePreparedPath) {
  const Engine engine = sample_engine({.policy = std::make_shared<Climb>(), .max_isa = "portable"});
  const Tensor picture = sample_picture();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(engine.run(picture).ok());
  const std::size_t before = allocation_count();
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(engine.run(picture).ok());
  EXPECT_EQ(allocation_count(), before);
}

TEST(Request, OutcomesOutliveTheEngine) {
  std::optional<Outcome> kept;
  {
    const Engine engine = sample_engine();
    kept = engine.run(sample_picture()).value();
  }
  EXPECT_EQ(kept->output(0).shape(), (Shape{1, 5}));
  EXPECT_FALSE(kept->record().path.empty());
}

TEST(Request, SubmitAnswersLikeRunAndQueuedOnesAreServedBeforeTheEngineEnds) {
  const Tensor picture = sample_picture();
  std::vector<std::future<Result<Outcome>>> futures;
  std::vector<float> expected;
  {
    const Engine engine = sample_engine({.workers = 2});
    expected = logits_of(engine.run(picture).value());
    for (int i = 0; i < 20; ++i) futures.push_back(engine.submit(picture));
  }
  for (auto& future : futures) EXPECT_EQ(logits_of(future.get().value()), expected);
}

TEST(Request, ManyThreadsShareOneEngine) {
  const Engine engine = sample_engine({.policy = std::make_shared<Climb>(), .batches = {1, 4}});
  const Tensor picture = sample_picture();
  const std::vector<float> expected = logits_of(engine.run(picture).value());
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      const Engine own = engine;
      for (int i = 0; i < 25; ++i) {
        const Result<Outcome> outcome = own.run(picture);
        if (!outcome || logits_of(*outcome) != expected) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong.load(), 0);
}

TEST(Request, SessionsForSeveralRequestsAtOnceAreMadeAhead) {
  const Engine engine = sample_engine({.batches = {}});
  ASSERT_TRUE(engine.prepare(1, 3).ok());
  const std::size_t frames = engine.memory().frames_bytes;
  EXPECT_EQ(engine.prepare(1, 0).code(), StatusCode::invalid_argument);
  EXPECT_EQ(engine.prepare(1, 2000).code(), StatusCode::invalid_argument);
  ASSERT_TRUE(engine.prepare(1, 2).ok());  // there already
  EXPECT_EQ(engine.memory().frames_bytes, frames);
  ASSERT_TRUE(engine.prepare(1, 4).ok());
  EXPECT_EQ(engine.memory().frames_bytes, frames / 3 * 4);
}

TEST(Request, APolicyOfItsOwnDecidesItAloneAndIsNotCertified) {
  const Engine engine = sample_engine({}, certified_package(0.0f));
  const Tensor picture = sample_picture();
  EXPECT_TRUE(engine.run(picture).value().record().certified);
  const PathId second{1};
  const auto fixed = make_fixed_policy(second);
  const Outcome own = engine.run(picture, {.policy = fixed.get()}).value();
  EXPECT_EQ(own.record().path, engine.ladder().name(second));
  EXPECT_EQ(own.record().policy, "fixed");
  EXPECT_FALSE(own.record().certified);
  const auto last = make_fixed_policy(engine.ladder().reference());
  EXPECT_TRUE(engine.run(picture, {.policy = last.get()}).value().record().certified);  // nothing to certify
  EXPECT_EQ(engine.run(picture).value().record().policy, "thresholds");
  const Status both = engine.run(picture, {.path = "final.f32", .policy = fixed.get()}).status();
  EXPECT_EQ(both.code(), StatusCode::invalid_argument);
  EXPECT_NE(both.message().find("set one of them"), std::string::npos) << both.message();
}

// Two inputs, added.
Engine engine_of_two_inputs() {
  Net net;
  const ValueId a = net.input({kDynamic, 6}, "a");
  const ValueId b = net.input({kDynamic, 6}, "b");
  net.exit("final", net.linear(net.node(OpKind::add, {a, b}), 3));
  Package package;
  package.graph = net.build();
  return sample_engine({}, package);
}

TEST(Request, EveryInputIsGivenOnceOrRefusedByName) {
  const Engine engine = engine_of_two_inputs();
  const Tensor x = random_tensor({1, 6}, 1);
  EXPECT_TRUE(engine.run({{"a", x}, {"b", x}}).ok());
  EXPECT_TRUE(engine.run({{"b", x}, {"a", x}}).ok());
  const Status twice = engine.run({{"a", x}, {"a", x}}).status();
  EXPECT_EQ(twice.code(), StatusCode::invalid_argument);
  EXPECT_NE(twice.message().find("'a' is given twice"), std::string::npos) << twice.message();
  EXPECT_EQ(engine.run({{"a", x}, {"c", x}}).status().code(), StatusCode::not_found);
  EXPECT_EQ(engine.run({{"a", x}}).status().code(), StatusCode::invalid_argument);
}

TEST(Request, NaNIsFoundInEveryInputAndLargeNumbersAreNone) {
  const Engine engine = engine_of_two_inputs();
  Tensor good = random_tensor({1, 6}, 1);
  Tensor bad = random_tensor({1, 6}, 2);
  bad.as_mutable<float>()[5] = std::numeric_limits<float>::quiet_NaN();
  const NamedInput second[] = {{"a", good}, {"b", bad}};
  const Status refused = engine.run(second).status();
  EXPECT_EQ(refused.code(), StatusCode::invalid_argument);
  EXPECT_NE(refused.message().find("'b'"), std::string::npos) << refused.message();
  good.as_mutable<float>()[0] = 1e30f;  // its square is more than a float holds
  const NamedInput large[] = {{"a", good}, {"b", good}};
  EXPECT_TRUE(engine.run(large).ok()) << engine.run(large).status().message();
}

TEST(Request, LargeBatchesGoThroughInPartsAndAnswerAsAlone) {
  const Engine engine = sample_engine({.policy = std::make_shared<Climb>()});
  const int count = 2 * EngineCore::kMaxCapacity + 3;
  const Tensor pictures = random_tensor({count, 1, 12, 12}, 11, 0, 1);
  std::vector<TensorView> items;
  for (int i = 0; i < count; ++i) items.emplace_back(pictures.as<float>().data() + 144 * i, Shape{1, 1, 12, 12});
  const Outcome whole = engine.run(pictures).value();
  const std::size_t frames_bytes = engine.memory().frames_bytes;
  const std::vector<Outcome> each = engine.run_batch(items).value();
  ASSERT_EQ(each.size(), items.size());
  for (const int i : {0, 1, EngineCore::kMaxCapacity - 1, EngineCore::kMaxCapacity, count - 1}) {
    const auto index = static_cast<std::size_t>(i);
    const std::vector<float> alone = logits_of(engine.run(items[index]).value());
    for (std::size_t c = 0; c < alone.size(); ++c) {
      EXPECT_NEAR(logits_of(each[index])[c], alone[c], 1e-4) << i;
      EXPECT_NEAR(whole.output(0).as<float>()[index * alone.size() + c], alone[c], 1e-4) << i;
    }
  }
  EXPECT_EQ(engine.memory().frames_bytes, frames_bytes) << "no other size needs frames of its own";
}

TEST(Request, APolicyThatThrowsFailsItsRequestAndNoOther) {
  struct Moody final : Policy {
    mutable std::atomic<int> calls{0};
    Decision decide(const Situation& situation) const override {
      if (calls++ == 0) throw std::runtime_error("not today");
      return situation.evidence.empty() ? Decision::run(situation.ladder.cheapest())
                                        : Decision::answer(situation.evidence.best());
    }
  };
  const Engine engine = sample_engine({.policy = std::make_shared<Moody>()});
  const Status failed = engine.run(sample_picture()).status();
  EXPECT_EQ(failed.code(), StatusCode::policy_failed);
  EXPECT_NE(failed.message().find("not today"), std::string::npos) << failed.message();
  EXPECT_TRUE(engine.run(sample_picture()).ok());
}

TEST(Request, APolicyOfALongerLadderIsRefusedAlsoUnderADeadline) {
  const auto policy = make_thresholds_policy({{PathId{29}, 0.5f}, {PathId{30}, 0.5f}}).value();
  const Engine engine = sample_engine({.policy = policy});
  EXPECT_EQ(engine.run(sample_picture(), {.timeout = std::chrono::hours(1)}).status().code(),
            StatusCode::policy_failed);
}

TEST(Request, SubmitKeepsTheNameOfThePathForItself) {
  const Engine engine = sample_engine();
  const Tensor picture = sample_picture();
  std::future<Result<Outcome>> future;
  {
    const std::string path = "final.f32";
    future = engine.submit(picture, {.path = path});
  }
  EXPECT_EQ(future.get().value().record().asked, "final.f32");
}

TEST(Request, TwoThreadsPerRequestAnswerAsOne) {
  const Tensor picture = sample_picture();
  const std::vector<float> one = logits_of(sample_engine().run(picture).value());
  const std::vector<float> two = logits_of(sample_engine({.threads = 2}).run(picture).value());
  for (std::size_t c = 0; c < one.size(); ++c) EXPECT_NEAR(one[c], two[c], 1e-4);
}

TEST(Request, EveryOpIsToldOfInItsOrderWithWhatItTook) {
  std::vector<OpTime> ops;
  const Engine engine = sample_engine({.on_op = [&ops](const OpTime& op) { ops.push_back(op); }});
  EXPECT_TRUE(ops.empty());  // loading runs nothing
  const Outcome outcome = engine.run(sample_picture(1)).value();
  ASSERT_GT(ops.size(), 3u);
  double sum_us = 0;
  for (std::size_t i = 0; i < ops.size(); ++i) {
    EXPECT_FALSE(ops[i].op.empty());
    EXPECT_FALSE(ops[i].kernel.empty()) << ops[i].op;
    EXPECT_GE(ops[i].took_us, 0) << ops[i].op;
    EXPECT_EQ(ops[i].batch, 1);
    if (i > 0) {
      EXPECT_GE(ops[i].started_ns, ops[i - 1].started_ns) << ops[i].op;
    }
    sum_us += ops[i].took_us;
  }
  EXPECT_LE(sum_us, outcome.record().total_us);
  const std::size_t once = ops.size();
  engine.run(sample_picture(2)).value();
  EXPECT_EQ(ops.size(), 2 * once);
}

}  // namespace
}  // namespace rheo

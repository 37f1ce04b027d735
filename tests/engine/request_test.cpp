// SPDX-License-Identifier: Apache-2.0
// Batches, threads, memory: what happens between a call and its Outcome.
#include <gtest/gtest.h>

#include <thread>

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

TEST(Request, TwoThreadsPerRequestAnswerAsOne) {
  const Tensor picture = sample_picture();
  const std::vector<float> one = logits_of(sample_engine().run(picture).value());
  const std::vector<float> two = logits_of(sample_engine({.threads = 2}).run(picture).value());
  for (std::size_t c = 0; c < one.size(); ++c) EXPECT_NEAR(one[c], two[c], 1e-4);
}

}  // namespace
}  // namespace rheo

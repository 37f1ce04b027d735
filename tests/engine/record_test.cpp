// SPDX-License-Identifier: Apache-2.0
// What a host hears of its requests: asked and used, the price of every step, and what was promised.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include <rheo/observe.h>

#include "engine/engine_core.h"
#include "engine/sample_engine.h"
#include "support/allocation_count.h"
#include "support/temporary_folder.h"

namespace rheo {
namespace {

using namespace testing;

// Keeps what it hears.
struct Ear {
  RecordListener listener() {
    return [this](const RunRecord& record) {
      const std::lock_guard lock(mutex);
      records.push_back(record);
    };
  }
  std::mutex mutex;
  std::vector<RunRecord> records;
};

// Climbs the f32 exits and stops its own request after `steps` of them.
struct StopsAfter final : Policy {
  explicit StopsAfter(std::size_t its_steps) : steps(its_steps) { climb.margin = 2; }  // never sure
  Decision decide(const Situation& situation) const override {
    if (situation.evidence.size() == steps) source.request_stop();
    return climb.decide(situation);
  }
  std::string_view name() const override { return "stops"; }
  const std::size_t steps;
  mutable std::stop_source source;
  Climb climb;
};

TEST(Record, TheListenerHearsEveryItemOnce) {
  Ear ear;
  const Engine engine = sample_engine(
      {.policy = std::make_shared<Climb>(), .on_record = ear.listener(), .batches = {1, 3}, .workers = 1});
  const Tensor picture = sample_picture();
  const Outcome alone = engine.run(picture).value();
  ASSERT_EQ(ear.records.size(), 1u);
  EXPECT_EQ(to_json(ear.records[0]), to_json(alone.record()));

  const Tensor batch = random_tensor({3, 1, 12, 12}, 5, 0, 1);
  const Outcome whole = engine.run(batch).value();
  ASSERT_EQ(ear.records.size(), 4u);
  EXPECT_EQ(to_json(ear.records[1]), to_json(whole.record()));
  EXPECT_NE(ear.records[1].statistics.mean, ear.records[2].statistics.mean);

  const std::vector<TensorView> items(3, picture.view());
  const std::vector<Outcome> parts = engine.run_batch(items).value();
  ASSERT_EQ(ear.records.size(), 7u);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    EXPECT_EQ(to_json(ear.records[4 + i]), to_json(parts[i].record())) << i;
  }
  ASSERT_TRUE(engine.submit(picture).get().ok());
  EXPECT_EQ(ear.records.size(), 8u);
}

TEST(Record, CarriesTheCallersNumberThePlaceInTheBatchAndTheAnswer) {
  Ear ear;
  const Engine engine = sample_engine({.on_record = ear.listener()});
  const int count = EngineCore::kMaxCapacity + 2;  // in two parts
  const Tensor batch = random_tensor({count, 1, 12, 12}, 5, 0, 1);
  const Outcome outcome = engine.run(batch, {.id = -7}).value();
  ASSERT_EQ(ear.records.size(), static_cast<std::size_t>(count));
  const auto logits = outcome.output(0).as<float>();
  for (int i = 0; i < count; ++i) {
    const RunRecord& record = ear.records[static_cast<std::size_t>(i)];
    EXPECT_EQ(record.request, -7);
    EXPECT_EQ(record.item, i);
    const auto row = logits.subspan(static_cast<std::size_t>(i) * 5, 5);
    EXPECT_EQ(record.answer(), std::max_element(row.begin(), row.end()) - row.begin());
  }
}

TEST(Record, RefusedRequestsAreNotHeardButFailedOnesAre) {
  struct Never final : Policy {
    Decision decide(const Situation& situation) const override {
      return situation.evidence.empty() ? Decision::run(PathId{1}) : Decision::run(PathId{1});
    }
  };
  Ear ear;
  const Engine engine = sample_engine({.policy = std::make_shared<Never>(), .on_record = ear.listener()});
  std::vector<float> nan(144, NAN);
  EXPECT_FALSE(engine.run(TensorView(nan.data(), {1, 1, 12, 12})).ok());
  EXPECT_FALSE(engine.run(TensorView(nan.data(), {1, 144})).ok());
  EXPECT_FALSE(engine.run(sample_picture(), {.timeout = std::chrono::nanoseconds(0)}).ok());
  EXPECT_TRUE(ear.records.empty());
  EXPECT_EQ(engine.run(sample_picture()).status().code(), StatusCode::policy_failed);
  ASSERT_EQ(ear.records.size(), 1u);
  EXPECT_TRUE(ear.records[0].path.empty());
  EXPECT_EQ(ear.records[0].interrupted, StatusCode::policy_failed);
  EXPECT_EQ(ear.records[0].evidence.size(), 1u);
  EXPECT_TRUE(ear.records[0].unfinished.empty());
  EXPECT_FALSE(ear.records[0].certified);
  EXPECT_GT(ear.records[0].total_us, 0);
}

TEST(Record, AStepThatWasCutShortIsNamedBesideTheOneThatAnswered) {
  Ear ear;
  const auto policy = std::make_shared<StopsAfter>(1);
  const Engine engine = sample_engine({.policy = policy, .on_record = ear.listener()}, certified_package(0.5f));
  const Outcome outcome = engine.run(sample_picture(), {.stop = policy->source.get_token()}).value();
  const RunRecord& record = outcome.record();
  EXPECT_EQ(record.path, "exit1.f32");
  EXPECT_EQ(record.unfinished, "exit2.f32");
  EXPECT_EQ(record.interrupted, StatusCode::cancelled);
  EXPECT_FALSE(record.certified);
  ASSERT_EQ(record.evidence.size(), 1u);
  EXPECT_GT(record.evidence[0].cost_us, 0);
  const auto json = nlohmann::json::parse(to_json(record));
  EXPECT_EQ(json["path"], "exit1.f32");
  EXPECT_EQ(json["precision"], "f32");
  EXPECT_EQ(json["unfinished"], "exit2.f32");
  EXPECT_EQ(json["interrupted"], "cancelled");
}

TEST(Record, WithoutAnyEvidenceTheUnfinishedPathIsAllThereIsToTell) {
  Ear ear;
  const auto policy = std::make_shared<StopsAfter>(0);
  const Engine engine = sample_engine({.policy = policy, .on_record = ear.listener()});
  EXPECT_EQ(engine.run(sample_picture(), {.stop = policy->source.get_token()}).status().code(), StatusCode::cancelled);
  ASSERT_EQ(ear.records.size(), 1u);
  EXPECT_TRUE(ear.records[0].path.empty());
  EXPECT_EQ(ear.records[0].unfinished, "exit1.f32");
  EXPECT_EQ(ear.records[0].interrupted, StatusCode::cancelled);
}

TEST(Record, AnAnswerIsCertifiedUnlessTheDeadlineChangedIt) {
  Package package = sample_package();
  std::vector<Ladder::Rung> rungs;
  for (std::size_t i = 0; i < package.ladder.size(); ++i) {
    const PathId path{static_cast<std::uint8_t>(i)};
    rungs.push_back({package.ladder.path(path), package.ladder.profile(path)});
    rungs.back().profile.latency_us = 1e12 * static_cast<double>(i + 1);  // no deadline leaves time for a second step
  }
  package.ladder = Ladder::create(std::move(rungs)).value();
  package.policy = thresholds_text(package, 1.0f);
  package.certificate = certified_package(1.0f).certificate;
  package.certificate->policy = package.policy;
  package.certificate->model_hash = model_hash(package);
  const Engine engine = sample_engine({}, package);
  ASSERT_TRUE(engine.certificate_status().ok()) << engine.certificate_status().message();
  const Outcome whole = engine.run(sample_picture()).value();
  EXPECT_TRUE(whole.record().certified);
  EXPECT_EQ(whole.record().interrupted, StatusCode::ok);
  const Outcome hurried = engine.run(sample_picture(), {.timeout = std::chrono::hours(1)}).value();
  EXPECT_FALSE(hurried.record().certified);
  EXPECT_EQ(hurried.record().interrupted, StatusCode::deadline_exceeded);
  EXPECT_EQ(hurried.record().decided.measure, Measure::budget);
  EXPECT_EQ(hurried.record().path, "exit1.f32");
}

TEST(Record, HoldsAskedAndUsedAndThePriceOfEveryStep) {
  const Package package = certified_package(1.0f);
  const Engine engine = sample_engine({}, package);
  const Outcome free = engine.run(sample_picture()).value();
  EXPECT_EQ(free.record().model, model_hash(package));
  EXPECT_EQ(free.record().policy, "thresholds");
  EXPECT_EQ(free.record().estimator, "plain");
  EXPECT_EQ(free.record().device, "cpu");
  EXPECT_EQ(free.record().isa, package.certificate->isa);
  EXPECT_TRUE(free.record().asked.empty());
  ASSERT_EQ(free.record().evidence.size(), 3u);
  double steps_us = 0;
  for (const Evidence& step : free.record().evidence) {
    EXPECT_GT(step.cost_us, 0);
    steps_us += step.cost_us;
  }
  EXPECT_LE(steps_us, free.record().total_us);
  const Outcome asked = engine.run(sample_picture(), {.path = "exit2.bf16"}).value();
  EXPECT_EQ(asked.record().asked, "exit2.bf16");
  EXPECT_EQ(asked.record().path, "exit2.bf16");
  EXPECT_EQ(asked.record().policy, "fixed");
  EXPECT_FALSE(asked.record().certified);
}

TEST(Record, OutlivesTheEngineAndThePolicyThatNamedIt) {
  struct Named final : Policy {
    Decision decide(const Situation& situation) const override { return climb.decide(situation); }
    std::string_view name() const override { return text; }
    Climb climb;
    std::string text = "a policy whose name lies on the heap";
  };
  std::optional<Outcome> kept;
  {
    const Engine engine = sample_engine({.policy = std::make_shared<Named>()});
    kept = engine.run(sample_picture()).value();
  }
  EXPECT_EQ(kept->record().policy, "a policy whose name lies on the heap");
  EXPECT_FALSE(kept->record().model.empty());
}

TEST(Record, AListenerMakesTheEngineAllocateNothingEither) {
  std::size_t heard = 0;
  const Engine engine = sample_engine({.policy = std::make_shared<Climb>(),
                                       .on_record = [&heard](const RunRecord&) { ++heard; },
                                       .max_isa = "portable"});
  const Tensor picture = sample_picture();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(engine.run(picture).ok());
  const std::size_t before = allocation_count();
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(engine.run(picture).ok());
  EXPECT_EQ(allocation_count(), before);
  EXPECT_EQ(heard, 13u);
}

TEST(Record, ManyThreadsWriteOneTrace) {
  const TemporaryFolder folder;
  const RecordWriter writer = RecordWriter::open(folder.file("trace.jsonl")).value();
  const Engine engine = sample_engine({.policy = std::make_shared<Climb>(), .on_record = writer.listener()});
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&engine] {
      const Tensor picture = sample_picture();
      for (int i = 0; i < 10; ++i) EXPECT_TRUE(engine.run(picture).ok());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(writer.status().ok());
  std::ifstream stream(folder.file("trace.jsonl"));
  int lines = 0;
  for (std::string line; std::getline(stream, line); ++lines) {
    EXPECT_EQ(nlohmann::json::parse(line)["path"].empty(), false) << line;
  }
  EXPECT_EQ(lines, 40);
}

}  // namespace
}  // namespace rheo

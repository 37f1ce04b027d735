// SPDX-License-Identifier: Apache-2.0
// Requests to engines of several sizes: the same answers as an engine of one, from many threads, without allocating.
#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <thread>

#include "engine/engine_sizes.h"
#include "engine/sized_model.h"
#include "support/allocation_count.h"
#include "support/export_sample.h"

namespace rheo {
namespace {

using namespace testing;

void expect_same_bits(const Outcome& a, const Outcome& b, const std::string& what) {
  ASSERT_EQ(a.output_count(), b.output_count()) << what;
  for (std::size_t i = 0; i < a.output_count(); ++i) {
    ASSERT_EQ(a.output(i).shape(), b.output(i).shape()) << what;
    EXPECT_EQ(std::memcmp(a.output(i).data(), b.output(i).data(), a.output(i).size_bytes()), 0) << what;
  }
}

void expect_near(const Outcome& got, const Outcome& expected, const std::string& what) {
  for (std::size_t i = 0; i < got.output_count(); ++i) {
    ASSERT_EQ(got.output(i).shape(), expected.output(i).shape()) << what;
    for (std::size_t e = 0; e < got.output(i).as<float>().size(); ++e) {
      ASSERT_NEAR(got.output(i).as<float>()[e], expected.output(i).as<float>()[e], 1e-5F) << what;
    }
  }
}

TEST(EngineRequests, AnswersEqualThoseOfAnEngineOfOneSize) {
  const SizedFile file;
  const Engine engine = file.load({}, {8, 16, 32}).value();
  for (const std::int64_t length : {8, 16, 32, 1, 5, 31}) {
    for (const std::int64_t batch : {1, 3}) {
      const Sentence sentence(batch, length);
      const Outcome outcome = engine.run(sentence.inputs()).value();
      expect_same_bits(outcome, file.only(length).run(sentence.inputs()).value(), std::to_string(length));
      EXPECT_EQ(outcome.record().sizes, "sequence=" + std::to_string(length));
    }
  }
}

TEST(EngineRequests, OnlyTheFirstOfASizePaysForMakingIt) {
  const SizedFile file;
  const Engine engine = file.load({}, {8, 32}).value();
  EXPECT_EQ(engine.run(Sentence(1, 8).inputs()).value().record().building_us, 0);
  EXPECT_GT(engine.run(Sentence(1, 20).inputs()).value().record().building_us, 0);
  EXPECT_EQ(engine.run(Sentence(1, 20).inputs()).value().record().building_us, 0);
  const Status late = engine.run(Sentence(1, 21).inputs(), {.timeout = std::chrono::nanoseconds(0)}).status();
  EXPECT_EQ(late.code(), StatusCode::deadline_exceeded);
  EXPECT_EQ(engine.memory().sizes, 3U) << "nothing is made for a request that is over";
}

TEST(EngineRequests, PaddedOnesAreCutBackAndTellInWhatTheyRan) {
  const SizedFile file;
  const Engine engine = file.load({.mask = "mask"}, {8, 16, 32}).value();
  for (const std::int64_t length : {1, 5, 7, 8, 9, 20, 31, 32}) {
    for (const std::int64_t batch : {1, 3}) {
      const Sentence sentence(batch, length);
      const Outcome outcome = engine.run(sentence.inputs()).value();
      expect_near(outcome, file.only(length).run(sentence.inputs()).value(), std::to_string(length));
      const int bucket = length <= 8 ? 8 : length <= 16 ? 16 : 32;
      EXPECT_EQ(outcome.record().sizes, "sequence=" + std::to_string(bucket));
    }
  }
  EXPECT_EQ(engine.memory().sizes, 3U) << "no other size was made";
}

TEST(EngineRequests, PaddedOnesFillTheCallersBuffers) {
  const SizedFile file;
  const Engine engine = file.load({.mask = "mask"}, {8, 16}).value();
  const Sentence sentence(1, 5);
  std::vector<float> hidden(5 * 4);
  std::vector<float> pooled(4);
  const std::vector<std::span<std::byte>> mine = {std::as_writable_bytes(std::span(hidden)),
                                                  std::as_writable_bytes(std::span(pooled))};
  const Outcome outcome = engine.run(sentence.inputs(), {.outputs = mine}).value();
  EXPECT_EQ(outcome.output(0).data(), hidden.data());
  EXPECT_EQ(floats_of(engine.run(sentence.inputs()).value(), 0), hidden);
  std::vector<float> whole(8 * 4);
  const std::vector<std::span<std::byte>> large = {std::as_writable_bytes(std::span(whole)), mine[1]};
  EXPECT_EQ(engine.run(sentence.inputs(), {.outputs = large}).status().code(), StatusCode::invalid_argument);
}

TEST(EngineRequests, WhatNoSizeFitsIsRefusedByName) {
  const SizedFile file;
  const Engine engine = file.load({.strict = true}, {8, 16}).value();
  const Status larger = engine.run(Sentence(1, 17).inputs()).status();
  EXPECT_EQ(larger.code(), StatusCode::invalid_argument);
  for (const char* word : {"'sequence'", "17", "16", "LoadOptions::sizes"}) {
    EXPECT_NE(larger.message().find(word), std::string::npos) << larger.message();
  }
  const Status unlisted = engine.run(Sentence(1, 9).inputs()).status();
  EXPECT_EQ(unlisted.code(), StatusCode::invalid_argument);
  EXPECT_NE(unlisted.message().find("strict"), std::string::npos) << unlisted.message();
  EXPECT_NE(unlisted.message().find("sequence=9"), std::string::npos) << unlisted.message();
  const Sentence nine(1, 9);
  const Sentence eight(1, 8);
  const Status torn = engine.run({nine.inputs()[0], eight.inputs()[1]}).status();
  EXPECT_NE(torn.message().find("'sequence' is 9 in input 'ids' and 8 in input 'mask'"), std::string::npos)
      << torn.message();
  EXPECT_FALSE(engine.run({eight.inputs()[0]}).ok()) << "an input is missing";
  EXPECT_FALSE(engine.run(Sentence(1, 0).inputs()).ok());
  EXPECT_TRUE(engine.run(eight.inputs()).ok()) << "it serves on";
  EXPECT_TRUE(file.load({.strict = true, .mask = "mask"}, {8, 16}).value().run(nine.inputs()).ok())
      << "padding needs nothing that is not prepared";
}

// Of ten requests, after some that made room.
std::size_t allocations_of(const Engine& engine, const Sentence& sentence) {
  const std::vector<NamedInput> inputs = sentence.inputs();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(engine.run(inputs).ok());
  const std::size_t before = allocation_count();
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(engine.run(inputs).ok());
  return allocation_count() - before;
}

// oneDNN allocates while it multiplies; the rest of a request does not, in one size or in several.
TEST(EngineRequests, ReadySizesAllocateNoMoreThanAnEngineOfOneSize) {
  const SizedFile file;
  const Sentence listed(1, 16);
  const Sentence other(1, 11);
  const std::size_t one_size = allocations_of(file.only(16), listed);
  const Engine exact = file.load({}, {8, 16}).value();
  EXPECT_EQ(allocations_of(exact, listed), one_size);
  EXPECT_EQ(allocations_of(exact, other), one_size);
  const Engine padded = file.load({.mask = "mask"}, {8, 16}).value();
  EXPECT_EQ(allocations_of(padded, listed), one_size);
  EXPECT_EQ(allocations_of(padded, other), one_size);
}

TEST(EngineRequests, ManyThreadsShareTheSizesAndMakeEachOnce) {
  const SizedFile file;
  std::atomic<int> made = 0;
  LoadOptions options;
  options.log = [&](Severity, std::string_view message) { made += message.starts_with("Made sequence=") ? 1 : 0; };
  const Engine engine = file.load(options, {8, 24}).value();
  const std::vector<std::int64_t> lengths = {8, 24, 5, 11, 17, 23};
  std::vector<std::vector<float>> expected;
  for (const std::int64_t length : lengths) {
    expected.push_back(floats_of(file.only(length).run(Sentence(1, length).inputs()).value(), 0));
  }
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 6; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t i = 0; i < 30; ++i) {
        const std::size_t which = (t + i) % lengths.size();
        const Sentence sentence(1, lengths[which]);
        EXPECT_EQ(floats_of(engine.run(sentence.inputs()).value(), 0), expected[which]);
        if (t == 0 && i == 20) engine.trim();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GE(made, 6);
  EXPECT_LE(made, 10) << "each once, and the four that trim gave back once more";
}

TEST(EngineRequests, BatchesOfItemsMayHaveSeveralSizes) {
  OnnxGraph graph;
  graph.initializer(random_floats("w", {4, 3}, 9))
      .input("x", 1, {"batch", "sequence", "4"})
      .node(onnx_node("MatMul", {"x", "w"}, {"y"}))
      .output("y", 1, {"batch", "sequence", "3"});
  const SizedFile file;
  file.write(onnx_model(graph));
  const Engine engine = file.load({.batches = {1, 4}}, {2, 6}).value();
  const std::vector<float> elements(24, 0.5F);
  std::vector<TensorView> items;
  for (const std::int64_t length : {2, 2, 6, 3, 2}) items.emplace_back(elements.data(), Shape{1, length, 4});
  const std::vector<Outcome> outcomes = engine.run_batch(items).value();
  ASSERT_EQ(outcomes.size(), 5U);
  for (std::size_t i = 0; i < items.size(); ++i) {
    EXPECT_EQ(outcomes[i].record().item, static_cast<int>(i));
    expect_same_bits(outcomes[i], engine.run(items[i]).value(), std::to_string(i));
  }
  EXPECT_EQ(engine.submit(items[3]).get().value().output(0).shape(), (Shape{1, 3, 3}));
}

TEST(EngineRequests, ExportedProgramsHaveSymbolsForTheirSizes) {
  const std::string program = replaced(sample_program(), R"("hint": {"as_int": 2}}}, {"as_int": 2}])",
                                       R"("hint": {"as_int": 2}}}, {"as_expr": {"expr_str": "s1"}}])");
  const TemporaryFolder folder;
  const std::string bytes = zip_of(sample_export(program));
  std::ofstream(folder.file("m.pt2"), std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  const Engine engine = Engine::load(folder.file("m.pt2"), {.sizes = {{"s1", {2}}}}).value();
  EXPECT_EQ(engine.inputs()[0].shape, (Shape{kDynamic, kDynamic}));
  const std::vector<float> ones(2, 1.0F);
  EXPECT_EQ(floats_of(engine.run(TensorView(ones.data(), {1, 2})).value(), 0), (std::vector<float>{2, 0}));
  EXPECT_EQ(engine.run(TensorView(ones.data(), {1, 1})).value().record().sizes, "s1=1");
  EXPECT_EQ(Engine::load(folder.file("m.pt2"), {.sizes = {{"s9", {2}}}}).status().code(), StatusCode::not_found);
}

}  // namespace
}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// The facade: loading, minds, certificates, and everything that may be wrong with a call.
#include <rheo/engine.h>

#include <gtest/gtest.h>

#include <cmath>

#include "engine/sample_engine.h"
#include "engine/sized_model.h"
#include "support/export_sample.h"
#include "support/interpreter.h"
#include "support/tensors.h"

namespace rheo {
namespace {

using namespace testing;  // the samples

TEST(Engine, ReferencePathAnswersLikeTheInterpreter) {
  const Package package = sample_package();
  const Engine engine = sample_engine({}, package);
  const Tensor picture = sample_picture();
  const Outcome outcome = engine.run(picture).value();
  const Tensor expected = interpret_exits(*package.graph, std::vector<Tensor>{picture}).value().back();
  ASSERT_EQ(outcome.output(0).shape(), expected.shape());
  for (std::size_t i = 0; i < 5; ++i) EXPECT_NEAR(outcome.output(0).as<float>()[i], expected.as<float>()[i], 1e-4);
  EXPECT_EQ(outcome.record().path, engine.ladder().name(engine.ladder().reference()));
  EXPECT_FALSE(outcome.record().certified);
  EXPECT_EQ(outcome.output("output").value().data(), outcome.output(0).data());
  EXPECT_EQ(outcome.output("nope").status().code(), StatusCode::not_found);
}

TEST(Engine, RunsEveryPathByNameAndListsThemForAnUnknownOne) {
  const Engine engine = sample_engine();
  for (std::size_t i = 0; i < engine.ladder().size(); ++i) {
    const std::string name(engine.ladder().name(PathId{static_cast<std::uint8_t>(i)}));
    const Outcome outcome = engine.run(sample_picture(), {.path = name}).value();
    EXPECT_EQ(outcome.record().asked, name);
    EXPECT_EQ(outcome.record().path, name);
  }
  const Status unknown = engine.run(sample_picture(), {.path = "exit9.f64"}).status();
  EXPECT_EQ(unknown.code(), StatusCode::not_found);
  EXPECT_NE(unknown.message().find(engine.ladder().name(PathId{0})), std::string::npos) << unknown.message();
}

TEST(Engine, BadInputsGiveSentencesAndTheEngineServesOn) {
  const Engine engine = sample_engine();
  const Tensor good = sample_picture();
  std::vector<float> nan(144, 0.5f);
  nan[77] = NAN;
  std::vector<float> infinite(144, 0.5f);
  infinite[3] = INFINITY;
  const std::vector<std::uint8_t> bytes(144, 1);
  const std::pair<TensorView, const char*> cases[] = {
      {TensorView(good.as<float>().data(), {12, 12}), "rank 2"},
      {TensorView(good.as<float>().data(), {1, 1, 12, 11}), "[1, 1, 12, 11]"},
      {TensorView(bytes.data(), {1, 1, 12, 12}), "u8"},
      {TensorView(nan.data(), {1, 1, 12, 12}), "NaN"},
      {TensorView(infinite.data(), {1, 1, 12, 12}), "infinite"},
      {TensorView(static_cast<const float*>(nullptr), {1, 1, 12, 12}), "no data"},
      {TensorView(good.as<float>().data(), {0, 1, 12, 12}), "0 items"},
  };
  for (const auto& [view, word] : cases) {
    const Status status = engine.run(view).status();
    EXPECT_EQ(status.code(), StatusCode::invalid_argument) << word;
    EXPECT_NE(status.message().find(word), std::string::npos) << status.message();
    EXPECT_TRUE(engine.run(good).ok());
  }
  const NamedInput wrong[] = {{"picture", good.view()}};
  EXPECT_EQ(engine.run(wrong).status().code(), StatusCode::not_found);
  EXPECT_EQ(engine.run(std::span<const NamedInput>{}).status().code(), StatusCode::invalid_argument);
}

TEST(Engine, StridedInputsAreReadAsTheyLie) {
  const Engine engine = sample_engine();
  const Tensor picture = sample_picture();
  std::vector<float> wide(12 * 20, -1.0f);
  for (std::size_t y = 0; y < 12; ++y) {
    for (std::size_t x = 0; x < 12; ++x) wide[y * 20 + x] = picture.as<float>()[y * 12 + x];
  }
  const TensorView strided(wide.data(), DType::f32, {1, 1, 12, 12}, {240, 240, 20, 1});
  const Outcome dense = engine.run(picture).value();
  const Outcome from_strided = engine.run(strided).value();
  EXPECT_EQ(dense.output(0).as<float>()[0], from_strided.output(0).as<float>()[0]);
}

TEST(Engine, DeadlinesAndStopsAreHonoured) {
  const Engine engine = sample_engine();
  EXPECT_EQ(engine.run(sample_picture(), {.timeout = std::chrono::nanoseconds(0)}).status().code(),
            StatusCode::deadline_exceeded);
  EXPECT_EQ(engine.run(sample_picture(), {.timeout = std::chrono::nanoseconds(-5)}).status().code(),
            StatusCode::deadline_exceeded);
  EXPECT_EQ(engine.run(sample_picture(), {.timeout = std::chrono::nanoseconds(1)}).status().code(),
            StatusCode::deadline_exceeded);
  EXPECT_TRUE(engine.run(sample_picture(), {.timeout = std::chrono::hours(24 * 365 * 200)}).ok());
  std::stop_source source;
  source.request_stop();
  EXPECT_EQ(engine.run(sample_picture(), {.stop = source.get_token()}).status().code(), StatusCode::cancelled);
  EXPECT_TRUE(engine.run(sample_picture()).ok());
}

TEST(Engine, AUsersPolicyAndEstimatorDecide) {
  struct Doubt final : Estimator {
    Complexity estimate(const Observation&) const override {
      Complexity complexity;
      complexity.score = 0.25f;
      complexity.agreement.fill(0.125f);
      return complexity;
    }
  };
  const Engine engine = sample_engine({.policy = std::make_shared<Climb>(), .estimator = std::make_shared<Doubt>()});
  const Outcome outcome = engine.run(sample_picture()).value();
  EXPECT_EQ(outcome.record().policy, "climb");
  EXPECT_EQ(outcome.record().score, 0.25f);
  EXPECT_EQ(outcome.record().evidence[0].agreement, 0.125f);
  EXPECT_GT(outcome.record().deciding_us, 0);
}

TEST(Engine, APolicyThatNeverAnswersFailsAndTheEngineServesOn) {
  struct Never final : Policy {
    Decision decide(const Situation& situation) const override {
      const auto next = static_cast<std::uint8_t>(situation.evidence.size());
      return Decision::run(next < situation.ladder.size() ? PathId{next} : situation.ladder.reference());
    }
  };
  const Engine engine = sample_engine({.policy = std::make_shared<Never>()});
  EXPECT_EQ(engine.run(sample_picture()).status().code(), StatusCode::policy_failed);
  EXPECT_TRUE(engine.run(sample_picture(), {.path = "exit1.f32"}).ok() || engine.ladder().size() > 0);
  EXPECT_TRUE(engine.run(sample_picture(), {.path = engine.ladder().name(engine.ladder().reference())}).ok());
}

TEST(Engine, CallersBuffersReceiveTheOutput) {
  const Engine engine = sample_engine();
  std::vector<float> mine(5, -99.0f);
  const std::span<std::byte> buffers[] = {std::as_writable_bytes(std::span(mine))};
  const Outcome outcome = engine.run(sample_picture(), {.outputs = buffers}).value();
  EXPECT_EQ(outcome.output(0).data(), mine.data());
  EXPECT_NE(mine[0], -99.0f);
}

TEST(Engine, CallersBuffersOfAnotherSizeOrNumberAreRefusedAndStayAsTheyAre) {
  const Engine engine = sample_engine();
  std::vector<float> mine(12, -99.0f);
  const auto bytes_of = [&](std::size_t floats) { return std::as_writable_bytes(std::span(mine).first(floats)); };
  const std::vector<std::vector<std::span<std::byte>>> wrong = {
      {bytes_of(4)}, {bytes_of(6)}, {bytes_of(0)}, {bytes_of(5), bytes_of(5)}};
  for (const auto& buffers : wrong) {
    const Status status = engine.run(sample_picture(), {.outputs = buffers}).status();
    EXPECT_EQ(status.code(), StatusCode::invalid_argument);
    EXPECT_NE(status.message().find("20 bytes"), std::string::npos) << status.message();
    EXPECT_EQ(mine, std::vector<float>(12, -99.0f));
    EXPECT_TRUE(engine.run(sample_picture()).ok());
  }
  const Tensor picture = sample_picture();
  const std::vector<TensorView> items = {picture.view()};
  EXPECT_EQ(engine.run_batch(items, {.outputs = wrong[0]}).status().code(), StatusCode::invalid_argument);
}

TEST(Engine, BadOptionsAreRefusedByName) {
  const auto bytes = package_bytes(sample_package()).value();
  const auto refused = [&](const LoadOptions& options, const char* word) {
    const Status status = Engine::load(bytes, options).status();
    EXPECT_EQ(status.code(), StatusCode::invalid_argument) << word;
    EXPECT_NE(status.message().find(word), std::string::npos) << status.message();
  };
  refused({.threads = 0}, "threads");
  refused({.workers = -1}, "workers");
  refused({.batches = {1, 0}}, "batches");
  refused({.max_isa = "sse9"}, "sse9");
}

TEST(Engine, ModelsOfOtherFormatsComeFromMemoryToo) {
  const std::string onnx = sized_model();
  const auto bytes = [](const std::string& text) { return std::as_bytes(std::span(text)); };
  const SizedFile file;
  const Engine from_file = Engine::load(file.name(), {.model = {.dimensions = {{"sequence", 8}}}}).value();
  const Engine from_memory = Engine::load(bytes(onnx), {.model = {.dimensions = {{"sequence", 8}}}}).value();
  const std::vector<std::int64_t> ones(8, 1);
  const NamedInput inputs[] = {{"ids", TensorView(ones.data(), {1, 8})}, {"mask", TensorView(ones.data(), {1, 8})}};
  const Outcome expected = from_file.run(inputs).value();
  const Outcome got = from_memory.run(inputs).value();
  EXPECT_TRUE(is_identical(Tensor::copy_of(got.output(0)).value(), Tensor::copy_of(expected.output(0)).value()));
  EXPECT_TRUE(from_memory.prepare(4).ok()) << "weights in memory are there for later plans";
  EXPECT_TRUE(Engine::load(bytes(onnx), {.sizes = {{"sequence", {8, 16}}}}).value().run(inputs).ok());
  EXPECT_TRUE(Engine::load(bytes(zip_of(sample_export()))).ok());
  EXPECT_EQ(Engine::load(bytes(zip_of({{"m/code/m.py", ""}}))).status().code(), StatusCode::unsupported);
  EXPECT_EQ(Engine::load(bytes("hello")).status().code(), StatusCode::bad_format);
}

TEST(Engine, LimitsAreTheHosts) {
  const std::string onnx = sized_model();
  const auto load = [&](const LoadOptions& options) {
    return Engine::load(std::as_bytes(std::span(onnx)), options).status();
  };
  LoadOptions options{.model = {.dimensions = {{"sequence", 8}}}};
  EXPECT_TRUE(load(options).ok());
  options.arena_limit_bytes = 1 << 10;
  EXPECT_EQ(load(options).code(), StatusCode::limit_exceeded);
  EXPECT_NE(load(options).message().find("LoadOptions::arena_limit_bytes"), std::string::npos);
  options = {.model = {.dimensions = {{"sequence", 8}}}};
  options.model.limits.nodes = 3;
  EXPECT_EQ(load(options).code(), StatusCode::limit_exceeded);
  const auto package = package_bytes(sample_package()).value();
  options.model = {};
  options.model.limits.tensors = 1;
  EXPECT_EQ(Engine::load(package, options).status().code(), StatusCode::limit_exceeded);
}

TEST(Engine, BrokenBytesAndMissingFilesAreErrors) {
  auto bytes = package_bytes(sample_package()).value();
  EXPECT_FALSE(Engine::load(std::span<const std::byte>(bytes).first(bytes.size() / 2)).ok());
  bytes[bytes.size() - 3] ^= std::byte{1};
  EXPECT_FALSE(Engine::load(bytes).ok());
  EXPECT_EQ(Engine::load("/nowhere/model.rheo").status().code(), StatusCode::not_found);
}

TEST(Engine, DescribesItself) {
  const Engine engine = sample_engine();
  const std::string text = engine.describe();
  for (const char* word : {"ladder", "plans", "certificate", "memory", "\"stages\": 3"})
    EXPECT_NE(text.find(word), std::string::npos) << word;
  EXPECT_GT(engine.memory().weights_bytes + engine.memory().plans_bytes, 0u);
  EXPECT_GT(engine.memory().frames_bytes, 0u);
}

}  // namespace
}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// Models that give out more than logits: several outputs of any type and shape, whole-number inputs, states.
#include <gtest/gtest.h>

#include <cstring>

#include "engine/engine_core.h"
#include "engine/sample_engine.h"
#include "support/allocation_count.h"
#include "support/interpreter.h"

namespace rheo {
namespace {

using namespace testing;

Engine engine_of(const GraphPointer& graph, const LoadOptions& options = {}) {
  Package package;
  package.graph = graph;
  return sample_engine(options, package);
}

Engine three_exit_engine(LoadOptions options = {}) {
  return sample_engine(std::move(options), sample_package(three_exits_and_outputs()));
}

Tensor tokens_of(std::int64_t first) { return Tensor::of<std::int64_t>({first, 1, 2, -3, 4, 5}, {1, 6}).value(); }

// Whole numbers exactly, real ones nearly.
void expect_like(const TensorView& got, const Tensor& expected, const std::string& what) {
  ASSERT_EQ(got.dtype(), expected.dtype()) << what;
  ASSERT_EQ(got.shape(), expected.shape()) << what;
  if (got.dtype() != DType::f32) {
    EXPECT_EQ(std::memcmp(got.data(), expected.data(), got.size_bytes()), 0) << what;
    return;
  }
  for (std::size_t i = 0; i < got.as<float>().size(); ++i) {
    ASSERT_NEAR(got.as<float>()[i], expected.as<float>()[i], 1e-4F) << what << ", element " << i;
  }
}

TEST(Outputs, TheAnswerComesFirstThenTheOthersByName) {
  const Engine encoder = engine_of(encoder_graph());
  ASSERT_EQ(encoder.outputs().size(), 3U);
  EXPECT_EQ(encoder.outputs()[0].name, "words") << "a single exit answers under its own name";
  EXPECT_EQ(encoder.outputs()[0].shape, (Shape{kDynamic, 6, 4}));
  EXPECT_EQ(encoder.outputs()[1].name, "pooled");
  EXPECT_EQ(encoder.outputs()[2].dtype, DType::i64);
  EXPECT_EQ(three_exit_engine().outputs()[0].name, "output");
  EXPECT_EQ(three_exit_engine().outputs()[3].name, "embedding");
}

TEST(Outputs, WholeNumbersGoInAndEveryOutputIsThatOfTheInterpreter) {
  const Engine engine = engine_of(encoder_graph());
  const Tensor tokens = tokens_of(3);
  const Outcome outcome = engine.run(tokens).value();
  const auto expected = interpret_given_out(*encoder_graph(), std::span(&tokens, 1)).value();
  ASSERT_EQ(outcome.output_count(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    expect_like(outcome.output(i), expected[i], engine.outputs()[i].name);
    EXPECT_EQ(outcome.output(engine.outputs()[i].name).value().data(), outcome.output(i).data());
  }
  EXPECT_EQ(outcome.output("other").status().code(), StatusCode::not_found);
  EXPECT_NE(outcome.output("other").status().message().find("words, pooled, nearest"), std::string::npos);
  EXPECT_EQ(engine.run(random_tensor({1, 6}, 1)).status().code(), StatusCode::invalid_argument) << "f32 for i64";
}

TEST(Outputs, InputsOfEveryTypeReachTheModel) {
  for (const DType dtype : {DType::i64, DType::i32, DType::u8, DType::boolean, DType::f16, DType::bf16}) {
    Net net;
    const ValueId x = net.builder().add_input("x", {dtype, {kDynamic, 4}, {}}).value();
    net.exit("numbers", net.node(OpKind::cast, {x}, {{"dtype", std::string("f32")}}));
    const Engine engine = engine_of(net.build(), {.batches = {2}});
    Tensor ones = Tensor::zeros(dtype, {2, 4}).value();
    const std::uint64_t one = dtype == DType::f16 ? 0x3c00 : dtype == DType::bf16 ? 0x3f80 : 1;
    std::memcpy(static_cast<std::byte*>(ones.mutable_data()) + 5 * size_bytes(dtype), &one, size_bytes(dtype));
    const Outcome outcome = engine.run(ones).value();
    for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(outcome.output(0).as<float>()[i], i == 5 ? 1 : 0) << name_of(dtype);
    EXPECT_EQ(outcome.record().statistics.mean, 0) << "only f32 has statistics";
  }
}

TEST(Outputs, BatchesAreCutByItemInAllOfThem) {
  const Engine engine = engine_of(encoder_graph(), {.batches = {4}});
  Tensor batch = Tensor::zeros(DType::i64, {3, 6}).value();
  std::vector<Tensor> alone;
  std::vector<TensorView> items;
  for (std::size_t i = 0; i < 3; ++i) {
    alone.push_back(tokens_of(static_cast<std::int64_t>(i) * 7));
    std::memcpy(static_cast<std::byte*>(batch.mutable_data()) + i * 48, alone.back().data(), 48);
  }
  for (const Tensor& item : alone) items.push_back(item.view());
  const Outcome whole = engine.run(batch).value();
  const std::vector<Outcome> parts = engine.run_batch(items).value();
  EXPECT_EQ(whole.output("pooled").value().shape(), (Shape{3, 4}));
  for (std::size_t i = 0; i < 3; ++i) {
    const auto expected = interpret_given_out(*encoder_graph(), std::span(&alone[i], 1)).value();
    for (std::size_t o = 0; o < 3; ++o) {
      expect_like(parts[i].output(o), expected[o], engine.outputs()[o].name);
      const TensorView all = whole.output(o);
      const auto* row = static_cast<const std::byte*>(all.data()) + i * expected[o].size_bytes();
      expect_like({row, all.dtype(), expected[o].shape()}, expected[o], engine.outputs()[o].name);
    }
  }
}

TEST(Outputs, CallersBuffersAreOnePerOutput) {
  const Engine engine = engine_of(encoder_graph());
  std::vector<float> words(24);
  std::vector<float> pooled(4);
  std::vector<std::int64_t> nearest(4, -99);
  const std::vector<std::span<std::byte>> mine = {std::as_writable_bytes(std::span(words)),
                                                  std::as_writable_bytes(std::span(pooled)),
                                                  std::as_writable_bytes(std::span(nearest))};
  const Tensor tokens = tokens_of(2);
  const Outcome outcome = engine.run(tokens, {.outputs = mine}).value();
  EXPECT_EQ(outcome.output(2).data(), nearest.data());
  EXPECT_EQ(nearest[1], engine.run(tokens).value().output(2).as<std::int64_t>()[1]);
  const Status few = engine.run(tokens, {.outputs = std::span(mine).first(2)}).status();
  EXPECT_EQ(few.code(), StatusCode::invalid_argument);
  EXPECT_NE(few.message().find("96 bytes for 'words', 16 bytes for 'pooled', 32 bytes for 'nearest'"),
            std::string::npos)
      << few.message();
}

TEST(Outputs, WhatThePathDidNotComputeIsAbsentAndSaysSo) {
  const Engine engine = three_exit_engine();
  const Tensor picture = sample_picture();
  const auto expected = interpret_given_out(*three_exits_and_outputs(), std::span(&picture, 1)).value();
  const std::vector<std::string> exits = {"exit1", "exit2", "final"};
  for (const std::string precision : {"f32", "bf16"}) {
    for (std::size_t exit = 0; exit < exits.size(); ++exit) {
      const std::string path = exits[exit] + "." + precision;
      const Outcome outcome = engine.run(picture, {.path = path}).value();
      ASSERT_EQ(outcome.output_count(), 4U);
      EXPECT_NE(outcome.output(0).data(), nullptr);
      for (std::size_t output = 1; output < 4; ++output) {  // output i comes with exit i - 1
        const std::string& name = engine.outputs()[output].name;
        EXPECT_EQ(outcome.output(output).data() != nullptr, output <= exit + 1) << name << " after " << path;
        EXPECT_EQ(outcome.output(name).ok(), output <= exit + 1) << name << " after " << path;
        if (output <= exit + 1 && precision == "f32") expect_like(outcome.output(output), expected[2 + output], name);
      }
      const Status absent = outcome.output("embedding").status();
      if (exit == 2) continue;
      EXPECT_EQ(absent.code(), StatusCode::not_found);
      EXPECT_NE(absent.message().find(path), std::string::npos) << absent.message();
    }
  }
}

// Runs final.f32, then answers with what exit1.f32 showed before.
struct LooksBack final : Policy {
  Decision decide(const Situation& situation) const override {
    const PathId first = *situation.ladder.find("exit1.f32");
    if (situation.evidence.empty()) return Decision::run(first);
    if (situation.evidence.size() == 1) return Decision::run(situation.ladder.reference());
    return Decision::answer(situation.evidence[0]);
  }
};

TEST(Outputs, OnlyThePathThatAnswersCounts) {
  const Engine engine = three_exit_engine({.policy = std::make_shared<LooksBack>()});
  const Outcome outcome = engine.run(sample_picture()).value();
  EXPECT_EQ(outcome.record().path, "exit1.f32");
  EXPECT_EQ(outcome.record().evidence.size(), 2U);
  EXPECT_TRUE(outcome.output("counts").ok());
  EXPECT_FALSE(outcome.output("embedding").ok()) << "final.f32 computed it, but did not answer";
}

TEST(Outputs, OfABatchAnOutputIsThereWhenEveryItemHasIt) {
  const auto policy = std::make_shared<Climb>();
  const Engine engine = three_exit_engine({.policy = policy, .batches = {1, 8}});
  const Tensor pictures = random_tensor({8, 1, 12, 12}, 21, 0, 1);
  std::vector<TensorView> items;
  for (std::int64_t i = 0; i < 8; ++i) items.emplace_back(pictures.as<float>().data() + 144 * i, Shape{1, 1, 12, 12});
  std::vector<float> margins;
  for (const TensorView& item : items) margins.push_back(engine.run(item).value().record().evidence[0].margin);
  std::sort(margins.begin(), margins.end());
  policy->margin = margins[4];
  const std::vector<Outcome> each = engine.run_batch(items).value();
  std::size_t with_coarse = 0;
  for (std::size_t i = 0; i < each.size(); ++i) {
    EXPECT_EQ(each[i].output("coarse").ok(), each[i].record().path != "exit1.f32") << i;
    if (!each[i].output("coarse").ok()) continue;
    ++with_coarse;
    const Outcome alone = engine.run(items[i], {.path = each[i].record().path}).value();
    expect_like(each[i].output(2), Tensor::copy_of(alone.output(2)).value(), "coarse, moved between frames");
  }
  EXPECT_GT(with_coarse, 0U);
  EXPECT_LT(with_coarse, each.size());
  const Outcome whole = engine.run(pictures).value();
  EXPECT_TRUE(whole.output("counts").ok());
  EXPECT_FALSE(whole.output("coarse").ok());
  policy->margin = 2;  // never sure
  EXPECT_EQ(engine.run(pictures).value().output("embedding").value().shape(), (Shape{8, 16}));
}

TEST(Outputs, AStateTakesOneItemPerRequest) {
  const Engine engine = engine_of(state_graph(), {.batches = {1, 4}});
  Tensor state = Tensor::zeros(DType::f32, {2, 1, 3}).value();
  const Tensor x = Tensor::of<float>({1, 2, 3}, {1, 3}).value();
  for (int step = 1; step <= 3; ++step) {
    const Outcome outcome = engine.run({{"x", x}, {"state", state}}).value();
    state = Tensor::copy_of(outcome.output("new_state").value()).value();
    EXPECT_EQ(state.shape(), (Shape{2, 1, 3}));
    EXPECT_FLOAT_EQ(outcome.output("y").value().as<float>()[2], static_cast<float>(3 * step));
    EXPECT_EQ(outcome.record().answer(), -1) << "no classifier";
  }
  const Tensor two = random_tensor({2, 3}, 1);
  const Status status = engine.run({{"x", two}, {"state", state}}).status();
  EXPECT_EQ(status.code(), StatusCode::invalid_argument);
  EXPECT_NE(status.message().find("one item per request"), std::string::npos) << status.message();
}

TEST(Outputs, WhatIsNotFiniteIsNoAnswerOfAnEncoderEither) {
  Net net;
  const ValueId x = net.input({kDynamic, 2, 2}, "x");
  net.exit("ratio", net.node(OpKind::div, {x, x}));
  const Engine engine = engine_of(net.build());
  EXPECT_TRUE(engine.run(Tensor::of<float>({1, 2, 3, 4}, {1, 2, 2}).value()).ok());
  EXPECT_EQ(engine.run(Tensor::of<float>({1, 2, 0, 4}, {1, 2, 2}).value()).status().code(), StatusCode::bad_format);
}

TEST(Outputs, APackagedPolicyThatReadsConfidencesNeedsAClassifier) {
  Package package;
  package.graph = encoder_graph();
  package.ladder = read_package(package_bytes(package).value())->ladder;
  package.policy = policy_to_json(*make_thresholds_policy({{PathId{0}, 0.5F}}).value(), package.ladder).value();
  package.model_hash = model_hash(package);
  const Status status = EngineCore::create(package, {.allow_uncertified = true}).status();
  EXPECT_EQ(status.code(), StatusCode::unsupported);
  EXPECT_NE(status.message().find("confidences"), std::string::npos) << status.message();
  package.policy = policy_to_json(*make_fixed_policy(PathId{0}), package.ladder).value();
  EXPECT_TRUE(EngineCore::create(package, {.allow_uncertified = true}).ok());
}

// Capped to portable kernels, because oneDNN allocates a little in every call; all the rest is the same code.
TEST(Outputs, TwoOutputsAllocateNothingOnThePreparedPath) {
  const Engine engine = engine_of(encoder_graph(), {.max_isa = "portable"});
  const Engine climber = three_exit_engine({.policy = std::make_shared<Climb>(), .max_isa = "portable"});
  const Tensor tokens = tokens_of(1);
  const Tensor picture = sample_picture();
  bool found = true;
  const auto run = [&] {
    const Result<Outcome> encoded = engine.run(tokens);
    found = found && encoded.ok() && encoded->output("nearest").ok();
    found = found && climber.run(picture).ok();
  };
  for (int i = 0; i < 3; ++i) run();
  const std::size_t before = allocation_count();
  for (int i = 0; i < 10; ++i) run();
  EXPECT_EQ(allocation_count(), before);
  EXPECT_TRUE(found);
}

}  // namespace
}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// Engines of several sizes: what loading takes and refuses, what they hold and give back.
#include "engine/engine_sizes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <span>

#include "engine/sample_engine.h"
#include "engine/sized_model.h"
#include "support/tensors.h"

namespace rheo {
namespace {

using namespace testing;

std::size_t total_bytes(const Engine& engine) {
  const MemoryUse use = engine.memory();
  return use.weights_bytes + use.plans_bytes + use.frames_bytes;
}

TEST(EngineSizes, WhatFollowsTheSizesIsOpenInTheDescriptionOfTensors) {
  const SizedFile file;
  const Engine engine = file.load({}, {16, 8}).value();
  EXPECT_EQ(engine.inputs()[0].shape, (Shape{kDynamic, kDynamic}));
  EXPECT_EQ(engine.outputs()[0].shape, (Shape{kDynamic, kDynamic, 4}));
  EXPECT_EQ(engine.outputs()[1].shape, (Shape{kDynamic, 4}));
  EXPECT_EQ(engine.memory().sizes, 2U);
  const std::string text = engine.describe();
  EXPECT_NE(text.find("sequence=16"), std::string::npos) << text;
  const Engine largest_alone = file.load({}, {16}).value();
  EXPECT_EQ(largest_alone.outputs()[0].shape, (Shape{kDynamic, kDynamic, 4})) << "seen at half of it";
  EXPECT_EQ(largest_alone.memory().sizes, 1U);
  EXPECT_EQ(file.only(16).memory().sizes, 0U);
}

TEST(EngineSizes, WeightsAreHeldOnceForAllSizes) {
  const SizedFile file;
  const std::size_t weights_bytes = file.only(8).memory().weights_bytes;
  EXPECT_GT(weights_bytes, 0U);
  EXPECT_EQ(file.load({}, {8, 16, 24, 32}).value().memory().weights_bytes, weights_bytes);
  LoadOptions two;
  two.precisions = {Precision::bf16};
  const std::size_t both_bytes = file.load(two, {8}).value().memory().weights_bytes;
  EXPECT_EQ(file.load(two, {8, 16, 24}).value().memory().weights_bytes, both_bytes);
}

TEST(EngineSizes, ASpikeOfSizesIsGivenBackByTrim) {
  const SizedFile file;
  const Engine engine = file.load({}, {8, 64}).value();
  const std::size_t before = total_bytes(engine);
  for (std::int64_t length = 20; length < 30; ++length) {
    ASSERT_TRUE(engine.run(Sentence(1, length).inputs()).ok());
  }
  EXPECT_EQ(engine.memory().sizes, 12U);
  EXPECT_GT(total_bytes(engine), before);
  engine.trim();
  EXPECT_EQ(total_bytes(engine), before);
  EXPECT_EQ(engine.memory().sizes, 2U);
  EXPECT_TRUE(engine.run(Sentence(1, 20).inputs()).ok()) << "and is made again";
}

TEST(EngineSizes, TwoHundredSizesStayBelowTheLimit) {
  const SizedFile file;
  LoadOptions options;
  options.sizes_limit_bytes = std::size_t{256} << 10;
  const Engine engine = file.load(options, {8, 256}).value();
  const std::size_t before = total_bytes(engine);
  std::size_t most = 0;
  for (std::int64_t length = 9; length < 209; ++length) {
    ASSERT_TRUE(engine.run(Sentence(1, length).inputs()).ok()) << length;
    most = std::max(most, total_bytes(engine) - before);
    ASSERT_LE(total_bytes(engine), before + options.sizes_limit_bytes) << length;
  }
  EXPECT_GT(most, options.sizes_limit_bytes / 4) << "it keeps what it may";
  EXPECT_GT(engine.memory().sizes, 2U);
}

TEST(EngineSizes, WithoutRoomEverySizeIsGivenBackAtOnce) {
  const SizedFile file;
  LoadOptions options;
  options.sizes_limit_bytes = 0;
  const Engine engine = file.load(options, {8, 32}).value();
  const Outcome outcome = engine.run(Sentence(1, 20).inputs()).value();
  EXPECT_EQ(engine.memory().sizes, 2U);
  EXPECT_EQ(outcome.record().sizes, "sequence=20") << "a record outlives its core";
  EXPECT_EQ(outcome.output(0).shape(), (Shape{1, 20, 4}));
}

TEST(EngineSizes, SeveralDimensionsAreListedInAllCombinations) {
  OnnxGraph graph;
  graph.initializer(random_floats("w", {3, 2, 3, 3}, 4))
      .input("x", 1, {"batch", "2", "height", "width"})
      .node(onnx_node("Conv", {"x", "w"}, {"y"}, {onnx_attribute("pads", std::vector<std::int64_t>{1, 1, 1, 1})}))
      .output("y", 1, {"batch", "3", "height", "width"});
  const SizedFile file;
  file.write(onnx_model(graph));
  LoadOptions options;
  options.sizes = {{"height", {6, 4}}, {"width", {5}}};
  const Engine engine = Engine::load(file.name(), options).value();
  EXPECT_EQ(engine.memory().sizes, 2U);
  EXPECT_EQ(engine.outputs()[0].shape, (Shape{kDynamic, 3, kDynamic, kDynamic}));
  const std::vector<float> pixels(2 * 6 * 5, 0.25F);
  EXPECT_EQ(engine.run(TensorView(pixels.data(), {1, 2, 6, 5})).value().record().sizes, "height=6, width=5");
  EXPECT_EQ(engine.run(TensorView(pixels.data(), {1, 2, 3, 2})).value().output(0).shape(), (Shape{1, 3, 3, 2}));
  const Status wide = engine.run(TensorView(pixels.data(), {1, 2, 4, 6})).status();
  EXPECT_NE(wide.message().find("'width' is 6"), std::string::npos) << wide.message();
}

TEST(EngineSizes, WhatCannotBeLoadedIsRefusedWithTheReason) {
  const SizedFile file;
  const Status unknown = Engine::load(file.name(), {.sizes = {{"length", {8, 16}}}}).status();
  EXPECT_EQ(unknown.code(), StatusCode::not_found);
  EXPECT_NE(unknown.message().find("'length'"), std::string::npos) << unknown.message();
  EXPECT_NE(unknown.message().find("'sequence'"), std::string::npos) << unknown.message();
  EXPECT_EQ(Engine::load(file.name(), {.mask = "mask"}).status().code(), StatusCode::invalid_argument);
  EXPECT_EQ(Engine::load("x.onnx", {.sizes = {{"sequence", {8}}}}).status().code(), StatusCode::not_found);
  EXPECT_EQ(Engine::load("x.pt", {.sizes = {{"sequence", {8}}}}).status().code(), StatusCode::not_found);
  const Status package = Engine::load(package_bytes(sample_package()).value(), {.sizes = {{"sequence", {8}}}}).status();
  EXPECT_EQ(package.code(), StatusCode::invalid_argument);
  EXPECT_NE(package.message().find("package"), std::string::npos) << package.message();
  const Status open = Engine::load(file.name(), {}).status();
  EXPECT_FALSE(open.ok()) << "an open dimension without a size";
}

// Words of 16 places: no other length is possible.
TEST(EngineSizes, AModelOfOneSizeTellsTheLog) {
  OnnxGraph graph;
  graph.initializer(random_floats("table", {16, 4}, 1))
      .initializer(random_floats("places", {16, 4}, 2))
      .input("ids", 7, {"batch", "sequence"})
      .node(onnx_node("Gather", {"table", "ids"}, {"words"}))
      .node(onnx_node("Add", {"words", "places"}, {"sum"}))
      .output("sum", 1, {"batch", "sequence", "4"});
  const SizedFile file;
  file.write(onnx_model(graph));
  std::vector<std::string> warnings;
  LoadOptions options;
  options.log = [&](Severity severity, std::string_view message) {
    const bool is_of_size = message.find("sequence=8") != std::string_view::npos;
    if (severity == Severity::warning && is_of_size) warnings.emplace_back(message);
  };
  const Engine engine = file.load(options, {16}).value();
  EXPECT_EQ(warnings.size(), 1U);
  EXPECT_EQ(engine.inputs()[0].shape, (Shape{kDynamic, 16}));
}

// x [batch, 256] times a matrix of 256 x 256, which is 64 pages long.
std::string wide_layer() {
  OnnxGraph graph;
  graph.initializer(random_floats("w", {256, 256}, 1))
      .input("x", 1, {"batch", "256"})
      .node(onnx_node("MatMul", {"x", "w"}, {"y"}))
      .output("y", 1, {"batch", "256"});
  return onnx_model(graph);
}

TEST(EngineSizes, WeightsOfAModelAreReadAgainForABatchThatWasNotListed) {
  const TemporaryFolder folder;
  const std::string file = folder.file("wide.onnx");
  const std::string bytes = wide_layer();
  std::ofstream(file, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  const Engine engine = Engine::load(file).value();
  const Tensor rows = random_tensor({2, 256}, 5);
  const TensorView first(rows.data(), DType::f32, {1, 256});
  const Outcome one = engine.run(first).value();
  const Outcome two = engine.run(rows).value();
  const auto first_row = [](const Outcome& outcome) {
    const std::span<const float> row = outcome.output(0).as<float>().first(256);
    return f32_of({1, 256}, {row.begin(), row.end()});
  };
  // The kernel of another batch may add in another order.
  EXPECT_TRUE(is_close(first_row(one), first_row(two), 256));
  std::ofstream(file, std::ios::binary | std::ios::app) << "more";
  const Tensor four = random_tensor({4, 256}, 6);
  const Status status = engine.run(four).status();
  EXPECT_EQ(status.code(), StatusCode::io_error);
  EXPECT_NE(status.message().find("written over"), std::string::npos) << status.message();
  EXPECT_TRUE(engine.run(rows).ok()) << "what is ready needs no file";
}

TEST(EngineSizes, AFileThatWasWrittenOverIsNotReadAgain) {
  const SizedFile file;
  const Engine engine = file.load({}, {8, 16}).value();
  ASSERT_TRUE(engine.run(Sentence(1, 12).inputs()).ok());
  std::ofstream(file.name(), std::ios::binary | std::ios::app) << "more";
  const Status status = engine.run(Sentence(1, 13).inputs()).status();
  EXPECT_EQ(status.code(), StatusCode::io_error);
  EXPECT_NE(status.message().find("written over"), std::string::npos) << status.message();
  EXPECT_TRUE(engine.run(Sentence(1, 12).inputs()).ok()) << "what is ready needs no file";
}

TEST(EngineSizes, AFileThatAnotherTookTheNameOfIsStillRead) {
  const SizedFile file;
  const Engine engine = file.load({}, {8, 16}).value();
  std::ofstream(file.name() + ".new") << "no model";
  std::filesystem::rename(file.name() + ".new", file.name());
  EXPECT_TRUE(engine.run(Sentence(1, 13).inputs()).ok());
}

}  // namespace
}  // namespace rheo

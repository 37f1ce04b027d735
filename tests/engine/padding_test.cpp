// SPDX-License-Identifier: Apache-2.0
// Padding is allowed where the model masks it, and refused with a sentence where it does not.
#include "engine/padding.h"

#include <gtest/gtest.h>

#include "engine/sized_model.h"

namespace rheo {
namespace {

using namespace testing;

struct Loaded {
  Engine engine;
  std::string warning;
};

Loaded load(const SizedFile& file, const std::string& mask, std::vector<std::int64_t> sizes) {
  std::string warning;
  LoadOptions options{.mask = mask};
  options.log = [&](Severity severity, std::string_view message) {
    if (severity == Severity::warning && message.find("padded") != std::string_view::npos) warning = message;
  };
  Engine engine = file.load(options, std::move(sizes)).value();
  return {std::move(engine), warning};
}

std::string_view ran_in(const Engine& engine, std::int64_t length, std::string& kept) {
  return kept = engine.run(Sentence(1, length).inputs()).value().record().sizes;
}

TEST(Padding, IsAllowedWhereTheModelMasks) {
  std::string kept;
  const SizedFile file;
  for (const std::vector<std::int64_t>& sizes : {std::vector<std::int64_t>{8, 16}, {16}, {2, 3, 16}}) {
    const Loaded loaded = load(file, "mask", sizes);
    EXPECT_EQ(loaded.warning, "");
    EXPECT_EQ(ran_in(loaded.engine, 13, kept), "sequence=16");
  }
  const std::string text = load(file, "mask", {8, 16}).engine.describe();
  EXPECT_NE(text.find("\"padded\": true"), std::string::npos) << text;
}

TEST(Padding, IsRefusedWhereAnOutputDependsOnIt) {
  std::string kept;
  for (const Masking masking : {Masking::not_in_attention, Masking::not_in_mean}) {
    const SizedFile file(masking);
    const Loaded loaded = load(file, "mask", {8, 16});
    EXPECT_NE(loaded.warning.find("does not mask"), std::string::npos) << loaded.warning;
    EXPECT_NE(loaded.warning.find(masking == Masking::not_in_mean ? "'pooled'" : "'hidden'"), std::string::npos)
        << loaded.warning;
    EXPECT_EQ(ran_in(loaded.engine, 13, kept), "sequence=13") << "computed as it is";
    const Sentence sentence(1, 13);
    EXPECT_EQ(floats_of(loaded.engine.run(sentence.inputs()).value(), 1),
              floats_of(file.only(13).run(sentence.inputs()).value(), 1));
  }
}

TEST(Padding, NeedsAMaskThatIsNamed) {
  std::string kept;
  const SizedFile file;
  EXPECT_EQ(ran_in(load(file, "", {8, 16}).engine, 13, kept), "sequence=13");
  EXPECT_EQ(ran_in(load(file, "ids", {8, 16}).engine, 13, kept), "sequence=16")
      << "any input will do: what counts is what padding changes, and the mask is filled up with zeros, too";
  EXPECT_EQ(file.load({.mask = "words"}, {8, 16}).status().code(), StatusCode::not_found);
}

TEST(Padding, ListenersDoNotHearOfTheTrials) {
  int records = 0;
  int ops = 0;
  LoadOptions options;
  options.on_record = [&](const RunRecord&) { ++records; };
  options.on_op = [&](const OpTime&) { ++ops; };
  options.mask = "mask";
  const SizedFile file;
  const Engine engine = file.load(options, {8, 16}).value();
  EXPECT_EQ(records + ops, 0);
  ASSERT_TRUE(engine.run(Sentence(1, 8).inputs()).ok());
  EXPECT_EQ(records, 1);
  EXPECT_GT(ops, 0);
}

// An output twice as long as the input: which part of it is padding cannot be told.
TEST(Padding, IsRefusedWhereTheDimensionIsNotOneOfItsOwn) {
  OnnxGraph graph;
  graph.initializer(random_floats("table", {16, 4}, 1))
      .input("ids", 7, {"batch", "sequence"})
      .node(onnx_node("Gather", {"table", "ids"}, {"words"}))
      .node(onnx_node("Concat", {"words", "words"}, {"twice"}, {onnx_attribute("axis", std::int64_t{1})}))
      .output("twice", 1, {"batch", "", "4"});
  const SizedFile file;
  file.write(onnx_model(graph));
  const Loaded loaded = load(file, "ids", {8, 16});
  EXPECT_NE(loaded.warning.find("'twice'"), std::string::npos) << loaded.warning;
  const std::vector<std::int64_t> ids(5, 1);
  EXPECT_EQ(loaded.engine.run(TensorView(ids.data(), {1, 5})).value().output(0).shape(), (Shape{1, 10, 4}));
}

}  // namespace
}  // namespace rheo

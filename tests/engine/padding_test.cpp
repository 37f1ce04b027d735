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

// Inputs "x" of a type of floats and "mask" of a type of whole numbers or floats, both [batch, sequence]; "mean"
// [batch] of x, or of what of it the mask lets through.
std::string mean_model(std::int32_t x_type, std::int32_t mask_type, bool is_masked) {
  const WireWriter to_f32 = onnx_attribute("to", std::int64_t{1});
  const WireWriter flat = onnx_attribute("keepdims", std::int64_t{0});
  OnnxGraph graph;
  graph.initializer(onnx_integers("last", {1}, {1}))
      .input("x", x_type, {"batch", "sequence"})
      .input("mask", mask_type, {"batch", "sequence"})
      .node(onnx_node("Cast", {"x"}, {"x_real"}, {to_f32}))
      .node(onnx_node("Cast", {"mask"}, {"kept"}, {to_f32}))
      .node(onnx_node("Mul", {"x_real", "kept"}, {"masked"}))
      .node(onnx_node("ReduceSum", {is_masked ? "masked" : "x_real", "last"}, {"sum"}, {flat}))
      .node(onnx_node("ReduceSum", {"kept", "last"}, {"count"}, {flat}));
  if (is_masked) {
    graph.node(onnx_node("Div", {"sum", "count"}, {"mean"}));
  } else {
    graph.node(
        onnx_node("ReduceMean", {"x_real"}, {"mean"}, {onnx_attribute("axes", std::vector<std::int64_t>{1}), flat}));
    graph.output("count", 1, {"batch"});
  }
  graph.output("mean", 1, {"batch"});
  return onnx_model(graph);
}

constexpr std::int32_t kF32 = 1, kU8 = 2, kI8 = 3, kI64 = 7, kBool = 9, kF16 = 10, kBf16 = 16;

// Zeros are what padding holds: only other elements show that it is counted.
TEST(Padding, IsRefusedWhereItCountsWhateverTheTypeOfTheInput) {
  const SizedFile file;
  for (const std::int32_t type : {kF32, kF16, kBf16}) {
    file.write(mean_model(type, kI64, false));
    EXPECT_NE(load(file, "mask", {8, 16}).warning.find("'mean'"), std::string::npos) << type;
  }
}

// A mask that lets nothing through would have no mean.
TEST(Padding, IsAllowedByMasksOfAnyType) {
  const SizedFile file;
  for (const std::int32_t type : {kF32, kU8, kI8, kI64, kBool, kF16, kBf16}) {
    file.write(mean_model(kF32, type, true));
    EXPECT_EQ(load(file, "mask", {1, 16}).warning, "") << type;
  }
}

}  // namespace
}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include <rheo/path.h>

#include "graph/graph.h"
#include "graph/limits.h"
#include "support/sample_graphs.h"

namespace rheo {
namespace {

using ::testing::AssertionFailure;
using ::testing::AssertionSuccess;
using testing::GraphPointer;
using testing::Net;
using testing::random_tensor;

const TensorType kPicture{DType::f32, {kDynamic, 3, 8, 8}, {}};

::testing::AssertionResult mentions(const Status& status, std::initializer_list<std::string_view> parts) {
  for (const std::string_view part : parts) {
    if (status.message().find(part) == std::string::npos) {
      return AssertionFailure() << "'" << part << "' is missing in: " << status.to_string();
    }
  }
  return AssertionSuccess();
}

TEST(GraphBuilder, KeepsWhatWasAddedAndInfersTypes) {
  Net net;
  const ValueId image = net.input({kDynamic, 3, 8, 8});
  const ValueId y = net.conv(image, 4, 3, 2, "conv");
  EXPECT_EQ(net.builder().type_of(y).shape, (Shape{kDynamic, 4, 4, 4}));
  net.exit("final", y);
  net.builder().set_labels({"a", "b"});
  const GraphPointer graph = net.build();
  ASSERT_EQ(graph->nodes().size(), 1U);
  EXPECT_EQ(graph->node(0).name, "conv");
  EXPECT_EQ(graph->node(0).stage, 0);
  EXPECT_EQ(graph->inputs()[0].name, "image");
  EXPECT_EQ(graph->exits()[0].value, graph->node(0).outputs[0]);
  EXPECT_EQ(graph->value(graph->exits()[0].value).name, "conv");
  EXPECT_EQ(graph->labels().size(), 2U);
}

TEST(GraphBuilder, ConstantsShareTheirElements) {
  GraphBuilder builder;
  const Tensor weights = random_tensor({4, 3, 1, 1}, 7);
  const ValueId image = builder.add_input("image", kPicture).value();
  const ValueId kept = builder.add_constant("weights", weights).value();
  ASSERT_TRUE(builder.add_exit("final", builder.add_node(OpKind::conv2d, {image, kept}).value()).ok());
  const GraphPointer graph = builder.build().value();
  for (const Value& value : graph->values()) {
    if (value.is_constant()) {
      EXPECT_EQ(value.constant.data(), weights.data());
    }
  }
}

TEST(GraphBuilder, OutputsMayHaveAnyTypeAndShape) {
  const GraphPointer graph = testing::encoder_graph();
  ASSERT_EQ(graph->outputs().size(), 2U);
  EXPECT_EQ(graph->outputs()[0].name, "pooled");
  EXPECT_EQ(graph->value(graph->outputs()[0].value).type.shape, (Shape{kDynamic, 4}));
  EXPECT_EQ(graph->value(graph->outputs()[1].value).type.dtype, DType::i64);
  EXPECT_EQ(graph->value(graph->outputs()[1].value).name, "nearest");
}

TEST(GraphBuilder, OutputsThatDoNotFitAreRefused) {
  Net net;
  const ValueId x = net.node(OpKind::relu, {net.input({kDynamic, 4})});
  net.exit("exit1", x);
  net.exit("final", net.node(OpKind::relu, {x}));
  net.output("x", x);
  EXPECT_TRUE(mentions(net.builder().add_output("far", 99), {"far", "99"}));
  EXPECT_TRUE(mentions(net.builder().add_output("x", x), {"'x'", "taken"}));
  EXPECT_TRUE(mentions(net.builder().add_output("exit1", x), {"'exit1'", "taken"}));
  EXPECT_TRUE(mentions(net.builder().add_output("output", x), {"'output'", "taken"})) << "that is what exits answer as";
  EXPECT_FALSE(net.builder().add_output("", x).ok());
  EXPECT_TRUE(mentions(net.builder().add_output("fixed", net.constant({1, 10}, "c")), {"fixed", "'c'"}));
  for (std::size_t i = 1; i < kMaxOutputs; ++i) net.output("x" + std::to_string(i), x);
  EXPECT_EQ(net.builder().add_output("one more", x).code(), StatusCode::limit_exceeded);
}

// An exit may take the name first that an output has already.
TEST(GraphBuilder, NamesOfLaterExitsAreLookedAtInTheEnd) {
  Net net;
  const ValueId x = net.node(OpKind::relu, {net.input({kDynamic, 4})});
  net.output("final", x);
  net.exit("final", x);
  EXPECT_TRUE(mentions(net.builder().build().status(), {"'final'", "taken"}));
}

TEST(GraphBuilder, MakesUpUniqueNamesAndRefusesTakenOnes) {
  Net net;
  const ValueId image = net.input({kDynamic, 3, 8, 8});
  const ValueId a = net.node(OpKind::relu, {image});
  const ValueId b = net.node(OpKind::relu, {a});
  net.exit("final", b);
  const Result<ValueId> clash = net.builder().add_node(OpKind::relu, {a}, {}, "image");
  EXPECT_EQ(clash.status().code(), StatusCode::invalid_argument);
  EXPECT_TRUE(mentions(clash.status(), {"image", "taken"}));
  const GraphPointer graph = net.build();
  EXPECT_NE(graph->node(0).name, graph->node(1).name);
}

TEST(GraphBuilder, RefusesNamesBeyondTheLimit) {
  GraphBuilder builder;
  EXPECT_TRUE(builder.add_input(std::string(kMaxNameBytes, 'x'), kPicture).ok());
  const Result<ValueId> longer = builder.add_input(std::string(kMaxNameBytes + 1, 'x'), kPicture);
  EXPECT_EQ(longer.status().code(), StatusCode::limit_exceeded);
  EXPECT_TRUE(mentions(longer.status(), {"1025", "1024"}));
}

TEST(GraphBuilder, AMisfitNamesTheNodeItsSourceAndTheShapes) {
  Net net;
  const ValueId image = net.input({kDynamic, 3, 8, 8});
  const ValueId weights = net.constant({4, 5, 3, 3});
  const std::vector<ValueId> inputs{image, weights};
  const Result<ValueId> conv = net.builder().add_node(OpKind::conv2d, inputs, {}, "conv1", "model.py:41");
  ASSERT_FALSE(conv.ok());
  EXPECT_TRUE(mentions(conv.status(), {"conv1", "model.py:41", "[?, 3, 8, 8]", "[4, 5, 3, 3]"}));
}

TEST(GraphBuilder, RefusesValuesThatDoNotExist) {
  Net net;
  (void)net.input({kDynamic, 3, 8, 8});
  EXPECT_TRUE(mentions(net.builder().add_node(OpKind::relu, {ValueId{9}}, {}, "act").status(), {"act", "9"}));
  EXPECT_TRUE(mentions(net.builder().add_exit("final", 9), {"final", "9"}));
}

TEST(GraphBuilder, RefusesShapesThatCannotBe) {
  GraphBuilder builder;
  EXPECT_FALSE(builder.add_input("zero", {DType::f32, {kDynamic, 0, 8, 8}, {}}).ok());
  EXPECT_FALSE(builder.add_input("negative", {DType::f32, {1, -7}, {}}).ok());
  EXPECT_FALSE(builder.add_input("open", {DType::f32, {1, kDynamic}, {}}).ok());
  const std::int64_t huge = std::int64_t{1} << 40;
  EXPECT_FALSE(builder.add_input("huge", {DType::f32, {kDynamic, huge, huge}, {}}).ok());
  EXPECT_FALSE(builder.add_constant("nothing", Tensor()).ok());
}

TEST(GraphBuilder, ChecksPreprocessingAndQuantization) {
  GraphBuilder builder;
  EXPECT_FALSE(builder.add_input("flat", kPicture, {.scale = 0, .offset = 0}).ok());
  EXPECT_FALSE(builder.add_input("nan", kPicture, {.scale = 1, .offset = std::nan("")}).ok());
  const auto channels = [](std::size_t count) { return Preprocessing{.channels = std::vector<ChannelScale>(count)}; };
  const TensorType three{DType::f32, {kDynamic, 3, 4, 4}, {}};
  EXPECT_TRUE(builder.add_input("by channel", three, channels(3)).ok());
  EXPECT_FALSE(builder.add_input("too few channels", three, channels(2)).ok());
  EXPECT_FALSE(builder.add_input("no channels", {DType::f32, {kDynamic}, {}}, channels(1)).ok());
  EXPECT_FALSE(builder.add_input("flat channel", three, {.channels = {{1, 0}, {0, 0}, {1, 0}}}).ok());
  for (const double crop : {-0.1, 1.1, std::nan("")})
    EXPECT_FALSE(builder.add_input("crop", three, {.crop = crop}).ok());
  const Tensor weights = Tensor::of<std::int8_t>({1, 2, 3, 4}, {2, 2}).value();
  EXPECT_TRUE(builder.add_constant("per channel", weights, {{0.5F, 0.25F}, 0}).ok());
  EXPECT_FALSE(builder.add_constant("too many", weights, {{0.5F, 0.25F, 1.0F}, 0}).ok());
  EXPECT_FALSE(builder.add_constant("other axis", weights, {{0.5F, 0.25F}, 2}).ok());
  EXPECT_FALSE(builder.add_constant("zero", weights, {{0.0F}, 0}).ok());
  EXPECT_FALSE(builder.add_constant("not 8 bit", random_tensor({2, 2}, 1), {{0.5F}, 0}).ok());
}

TEST(GraphBuilder, OnlyThePreprocessingChanges) {
  const GraphPointer graph = testing::three_exit_graph();
  Preprocessing preprocessing;
  preprocessing.channels = {{0.5, -1}};
  preprocessing.crop = 0.875;
  const auto other = GraphBuilder::with_preprocessing(*graph, preprocessing).value();
  EXPECT_EQ(other->inputs()[0].preprocessing, preprocessing);
  EXPECT_EQ(graph->inputs()[0].preprocessing, Preprocessing{}) << "the graph that was given stays as it is";
  EXPECT_EQ(other->nodes().size(), graph->nodes().size());
  EXPECT_TRUE(verify(*other).ok());
  preprocessing.channels.push_back({1, 0});
  EXPECT_FALSE(GraphBuilder::with_preprocessing(*graph, preprocessing).ok());
  EXPECT_FALSE(GraphBuilder::with_preprocessing(*testing::state_graph(), {}).ok()) << "which of two inputs?";
}

TEST(GraphBuilder, ExitsMustAgreeInTypeAndItemShape) {
  Net net;
  const ValueId image = net.input({kDynamic, 6});
  const ValueId ten = net.linear(image, 10);
  net.exit("exit1", ten);
  EXPECT_TRUE(mentions(net.builder().add_exit("wide", net.linear(image, 11)), {"wide", "[?, 11]", "exit1", "[?, 10]"}));
  EXPECT_TRUE(mentions(net.builder().add_exit("exit1", ten), {"exit1"}));
  EXPECT_FALSE(net.builder().add_exit("", ten).ok());
  EXPECT_FALSE(net.builder().add_exit("fixed", net.constant({1, 10}, "c")).ok());
  net.exit("final", net.linear(ten, 10));
  EXPECT_EQ(net.build()->stage_count(), 2);
}

TEST(GraphBuilder, HasNoMoreExitsThanALadderHasPaths) {
  Net net;
  const ValueId image = net.input({kDynamic, 6});
  for (std::size_t i = 0; i < kMaxPaths; ++i) net.exit("exit" + std::to_string(i), net.linear(image, 2));
  EXPECT_EQ(net.builder().add_exit("one more", net.linear(image, 2)).code(), StatusCode::limit_exceeded);
  EXPECT_EQ(net.build()->stage_count(), static_cast<int>(kMaxPaths));
}

TEST(GraphBuilder, NeedsAnInputAndAnExit) {
  EXPECT_FALSE(GraphBuilder().build().ok());
  Net net;
  const ValueId image = net.input({kDynamic, 6});
  (void)net.node(OpKind::relu, {image});
  EXPECT_TRUE(mentions(net.builder().build().status(), {"exit"}));
}

TEST(GraphBuilder, LeavesOutAbsentInputsAtTheEnd) {
  Net net;
  const ValueId image = net.input({kDynamic, 6});
  const ValueId weights = net.constant({6, 6}, "w");
  const ValueId plain = net.node(OpKind::linear, {image, weights, kNoValue, kNoValue});
  net.exit("final", net.node(OpKind::linear, {plain, weights, kNoValue, image}));
  const GraphPointer graph = net.build();
  EXPECT_EQ(graph->node(0).inputs.size(), 2U);
  EXPECT_EQ(graph->node(1).inputs.size(), 4U);
}

TEST(GraphBuilder, DropsWhatNobodyNeeds) {
  Net net;
  const ValueId image = net.input({kDynamic, 6});
  (void)net.linear(image, 3, "dead");
  net.exit("final", net.linear(image, 2, "alive", false));
  const GraphPointer graph = net.build();
  ASSERT_EQ(graph->nodes().size(), 1U);
  EXPECT_EQ(graph->values().size(), 3U);  // image, weights, result
}

TEST(GraphBuilder, KeepsWhatNobodyNeedsBehindAllStages) {
  Net net;
  const ValueId image = net.input({kDynamic, 6});
  const ValueId dead = net.linear(image, 3, "dead");
  (void)net.node(OpKind::relu, {dead}, {}, "dead too");
  net.exit("final", net.linear(image, 2, "alive", false));
  const GraphPointer graph = net.builder().build(Unneeded::keep).value();
  ASSERT_EQ(graph->nodes().size(), 3U);
  EXPECT_EQ(graph->node(0).name, "alive");
  EXPECT_TRUE(graph->is_needed(graph->node(0)));
  EXPECT_EQ(graph->node(2).name, "dead too");
  for (const NodeId id : {1U, 2U}) EXPECT_EQ(graph->node(id).stage, graph->stage_count());
  EXPECT_EQ(multiply_adds(*graph, 0).value(), 12);
}

TEST(GraphBuilder, NamesAllOutputsOfANode) {
  testing::Net net;
  const ValueId x = net.input({kDynamic, 5, 3});
  const ValueId y = net.node(OpKind::rnn, {x, net.constant({1, 2, 3}), net.constant({1, 2, 2})}, {}, "rnn");
  EXPECT_TRUE(net.builder().outputs_of(x).empty());
  const std::span<const ValueId> outputs = net.builder().outputs_of(y);
  ASSERT_EQ(outputs.size(), 2U);
  EXPECT_EQ(outputs[0], y);
  EXPECT_EQ(net.builder().value_name(outputs[0]), "rnn");
  EXPECT_EQ(net.builder().value_name(outputs[1]), "rnn#1");
  EXPECT_EQ(net.builder().type_of(outputs[1]).shape, (Shape{kDynamic, 1, 2}));
}

}  // namespace
}  // namespace rheo

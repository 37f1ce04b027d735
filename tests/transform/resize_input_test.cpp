// SPDX-License-Identifier: Apache-2.0
#include "transform/resize_input.h"

#include <gtest/gtest.h>

#include "support/graph_checks.h"
#include "support/interpreter.h"
#include "support/sample_graphs.h"
#include "transform/lower.h"
#include "transform/pass.h"

namespace rheo {
namespace {

using testing::Net;
using testing::random_tensor;

const Shape& shape_of(const Graph& graph, std::string_view name) {
  static const Shape none;
  const Value* value = testing::find_value(graph, name);
  EXPECT_NE(value, nullptr) << name;
  return value == nullptr ? none : value->type.shape;
}

GraphPointer sample() { return optimize(testing::three_exit_graph()).value(); }

void expect_refused(const Result<GraphPointer>& made, StatusCode code, const char* words) {
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.status().code(), code) << made.status().message();
  EXPECT_NE(made.status().message().find(words), std::string::npos) << made.status().message();
}

TEST(ResizeInput, ShrinksWhatLiesBetweenThePictureAndTheAnswer) {
  const GraphPointer graph = sample();
  const GraphPointer small = resize_input(graph, {}, {8, 6}).value();
  EXPECT_EQ(shape_of(*small, "image"), (Shape{kDynamic, 1, 12, 12})) << "a request brings what it always brought";
  EXPECT_EQ(shape_of(*small, "image@8x6"), (Shape{kDynamic, 1, 8, 6}));
  EXPECT_EQ(shape_of(*small, "coarse.pool"), (Shape{kDynamic, 8, 4, 3}));
  EXPECT_EQ(shape_of(*small, "final.linear"), (Shape{kDynamic, 5}));
  EXPECT_EQ(small->nodes().front().kind, OpKind::resize);
  EXPECT_EQ(small->nodes().size(), graph->nodes().size() + 1);
  EXPECT_EQ(small->exits().size(), graph->exits().size());
}

TEST(ResizeInput, SharesTheWeights) {
  const GraphPointer graph = sample();
  const GraphPointer small = resize_input(graph, {}, {8, 8}).value();
  int constants = 0;
  for (const Value& value : graph->values()) {
    if (!value.is_constant()) continue;
    const Value* same = testing::find_value(*small, value.name);
    ASSERT_NE(same, nullptr) << value.name;
    EXPECT_EQ(same->constant.data(), value.constant.data()) << value.name;
    ++constants;
  }
  EXPECT_GT(constants, 10);
}

// A picture of one colour stays one when it is made smaller, and a graph that looks at colours alone answers the same.
TEST(ResizeInput, AnswersAboutTheSmallerPicture) {
  Net net;
  const ValueId image = net.input({kDynamic, 3, 16, 16});
  const ValueId pooled = net.node(OpKind::global_avg_pool, {net.conv(image, 4, 1)});
  net.exit("final", net.linear(net.node(OpKind::flatten, {pooled}), 5));
  const GraphPointer graph = net.build();
  Tensor plain = Tensor::zeros(DType::f32, {1, 3, 16, 16}).value();
  for (float& pixel : plain.as_mutable<float>()) pixel = 0.75F;
  for (const Resolution size : {Resolution{4, 4}, Resolution{11, 7}, Resolution{15, 16}}) {
    const GraphPointer small = resize_input(graph, {}, size).value();
    EXPECT_TRUE(testing::same_answers(*graph, *small, std::span(&plain, 1), 1e-5)) << size.to_string();
  }
  const Tensor busy = random_tensor({1, 3, 16, 16}, 5);
  EXPECT_FALSE(testing::same_answers(*resize_input(graph, {}, {4, 4}).value(), *graph, std::span(&busy, 1), 1e-4));
}

TEST(ResizeInput, ALowerArithmeticShrinksAlike) {
  const GraphPointer graph = sample();
  const std::vector<Tensor> pictures{random_tensor({4, 1, 12, 12}, 9, 0, 1)};
  const Ranges ranges = testing::observed_ranges(*graph, pictures);
  const GraphPointer small = resize_input(graph, {}, {8, 8}).value();
  for (const auto& [precision, tolerance] : {std::pair{Precision::bf16, 0.03}, {Precision::int8, 0.08}}) {
    const GraphPointer lowered = resize_input(lower(graph, precision, ranges).value(), {}, {8, 8}).value();
    EXPECT_TRUE(testing::same_answers(*small, *lowered, pictures, tolerance)) << name_of(precision);
  }
}

TEST(ResizeInput, TheSizeThatIsThereChangesNothing) {
  const GraphPointer graph = sample();
  EXPECT_EQ(resize_input(graph, {}, {}).value(), graph);
  EXPECT_EQ(resize_input(graph, {12, 12}, {}).value(), graph);
  EXPECT_EQ(resize_input(graph, {}, {12, 12}).value(), graph);
}

// The small model of a cascade takes what a request brings for the large one.
TEST(ResizeInput, TakesLargerPicturesThanItsOwn) {
  const GraphPointer graph = sample();
  const GraphPointer fed = resize_input(graph, {20, 16}, {}).value();
  EXPECT_EQ(shape_of(*fed, "image"), (Shape{kDynamic, 1, 20, 16}));
  EXPECT_EQ(shape_of(*fed, "image@12"), (Shape{kDynamic, 1, 12, 12}));
  EXPECT_EQ(shape_of(*resize_input(graph, {20, 16}, {8, 8}).value(), "image@8"), (Shape{kDynamic, 1, 8, 8}));
}

TEST(ResizeInput, NeverEnlargesNorLosesMoreThanAveragingReaches) {
  const GraphPointer graph = sample();
  expect_refused(resize_input(graph, {}, {13, 12}), StatusCode::invalid_argument, "13x12");
  expect_refused(resize_input(graph, {8, 8}, {}), StatusCode::invalid_argument, "at most the given one");
  expect_refused(resize_input(graph, {}, {2, 12}), StatusCode::invalid_argument, "1/4");
  expect_refused(resize_input(graph, {}, {-3, 12}), StatusCode::invalid_argument, "-3x12");
}

TEST(ResizeInput, ALinearLayerOverAllPixelsFixesTheSize) {
  Net net;
  const ValueId image = net.input({kDynamic, 1, 8, 8});
  net.exit("final", net.linear(net.node(OpKind::flatten, {net.conv(image, 4, 3)}), 5, "head"));
  expect_refused(resize_input(net.build(), {}, {6, 6}), StatusCode::unsupported, "head");
}

TEST(ResizeInput, AReshapeToConstantsFixesTheSize) {
  Net net;
  const ValueId image = net.input({kDynamic, 4, 8, 8});
  const ValueId rows = net.node(OpKind::reshape, {image}, {{"shape", std::vector<std::int64_t>{0, 4, 64}}}, "to_rows");
  net.exit("final", net.node(OpKind::mean, {rows}, {{"axes", std::vector<std::int64_t>{2}}}));
  expect_refused(resize_input(net.build(), {}, {6, 6}), StatusCode::unsupported, "to_rows");
}

TEST(ResizeInput, AnAnswerOfPixelsFixesTheSize) {
  Net net;
  net.exit("mask", net.conv(net.input({kDynamic, 1, 8, 8}), 2, 3, 1, "mask"));
  expect_refused(resize_input(net.build(), {}, {6, 6}), StatusCode::unsupported, "'mask' would be [?, 2, 6, 6]");
}

TEST(ResizeInput, OnlyPicturesHaveASize) {
  expect_refused(resize_input(testing::encoder_graph(), {}, {6, 6}), StatusCode::unsupported, "'tokens'");
  expect_refused(resize_input(testing::state_graph(), {}, {1, 1}), StatusCode::unsupported, "2 inputs");
  EXPECT_EQ(picture_size(*sample()).value(), (Resolution{12, 12}));
  EXPECT_FALSE(picture_size(*testing::recurrent_graph()).ok());
}

}  // namespace
}  // namespace rheo

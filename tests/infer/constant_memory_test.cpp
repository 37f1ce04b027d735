// SPDX-License-Identifier: Apache-2.0
#include "infer/constant_memory.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/sample_graphs.h"

namespace rheo {
namespace {

using testing::GraphPointer;
using testing::random_tensor;

constexpr std::int64_t kSide = 128;  // a matrix of it is 16 pages long

Tensor matrix(std::uint64_t seed = 3) { return random_tensor({kSide, kSide}, seed); }

// `layers` products with one matrix of weights.
GraphPointer graph_of(const Tensor& weights, int layers = 1) {
  GraphBuilder builder;
  ValueId value = builder.add_input("x", {DType::f32, {kDynamic, kSide}, {}}).value();
  const ValueId w = builder.add_constant("w", weights).value();
  for (int i = 0; i < layers; ++i) value = builder.add_node(OpKind::linear, {value, w}).value();
  EXPECT_TRUE(builder.add_exit("final", value).ok());
  return builder.build().value();
}

// Elements of the middle are on pages that nothing else lies on; given back they read as zeros.
bool is_there(const Tensor& tensor) { return tensor.as<float>()[kSide * kSide / 2] != 0; }

void plan(ConstantMemory& memory, std::size_t graph, const Tensor& weights, int copies) {
  memory.begin(graph);
  for (int i = 0; i < copies; ++i) memory.note_copied(weights);
  memory.finish();
}

TEST(ConstantMemory, WeightsGoWithTheirLastReader) {
  const Tensor weights = matrix();
  const GraphPointer graph = graph_of(weights, 2);
  ConstantMemory memory({&graph, 1});
  memory.begin(0);
  memory.note_copied(weights);
  EXPECT_TRUE(is_there(weights)) << "the second layer is still to be planned";
  EXPECT_FALSE(memory.is_missing(0));
  memory.note_copied(weights);
  EXPECT_FALSE(is_there(weights)) << "at once, before other layers are planned";
  EXPECT_TRUE(memory.is_missing(0));
}

TEST(ConstantMemory, WhatAnOpReadsStays) {
  const Tensor weights = matrix();
  const GraphPointer graph = graph_of(weights, 2);
  ConstantMemory memory({&graph, 1});
  plan(memory, 0, weights, 1);
  plan(memory, 0, weights, 2);
  EXPECT_TRUE(is_there(weights)) << "an op of the first plan has no copy";
}

TEST(ConstantMemory, WeightsOfTwoGraphsWaitForBoth) {
  const Tensor weights = matrix();
  const GraphPointer graphs[] = {graph_of(weights), graph_of(weights, 3)};
  ConstantMemory memory(graphs);
  plan(memory, 0, weights, 1);
  EXPECT_TRUE(is_there(weights));
  plan(memory, 1, weights, 3);
  EXPECT_FALSE(is_there(weights));
  EXPECT_TRUE(memory.is_missing(0));
  EXPECT_TRUE(memory.is_missing(1));
}

TEST(ConstantMemory, AnotherPlanFillsThemFirst) {
  const Tensor weights = matrix();
  const std::vector<float> before(weights.as<float>().begin(), weights.as<float>().end());
  const GraphPointer graph = graph_of(weights);
  ConstantMemory memory({&graph, 1});
  plan(memory, 0, weights, 1);
  ASSERT_TRUE(memory.is_missing(0));
  ASSERT_TRUE(memory.fill(0, *graph_of(matrix())).ok());
  EXPECT_FALSE(memory.is_missing(0));
  EXPECT_TRUE(std::ranges::equal(weights.as<float>(), before));
  plan(memory, 0, weights, 1);
  EXPECT_FALSE(is_there(weights)) << "and they go again";
  ASSERT_TRUE(memory.fill(0, *graph_of(matrix())).ok());
  plan(memory, 0, weights, 0);
  EXPECT_TRUE(is_there(weights)) << "unless the new plan reads them";
}

TEST(ConstantMemory, AnotherModelFillsNothing) {
  const Tensor weights = matrix();
  const GraphPointer graph = graph_of(weights);
  ConstantMemory memory({&graph, 1});
  plan(memory, 0, weights, 1);
  const GraphPointer larger = graph_of(random_tensor({kSide + 1, kSide}, 3));
  const Status status = memory.fill(0, *larger);
  EXPECT_EQ(status.code(), StatusCode::io_error);
  EXPECT_TRUE(memory.is_missing(0)) << status.message();
}

TEST(ConstantMemory, HeldWeightsGoWhenTheyAreLetGo) {
  const Tensor weights = matrix();
  const GraphPointer graph = graph_of(weights);
  ConstantMemory memory({&graph, 1});
  memory.hold();
  plan(memory, 0, weights, 1);
  EXPECT_TRUE(is_there(weights));
  memory.let_go();
  EXPECT_FALSE(is_there(weights));
}

TEST(ConstantMemory, ElementsOfOthersAndSmallOnesStay) {
  const Tensor owned = matrix();
  const Tensor shared = Tensor::share(std::make_shared<Tensor>(owned), owned.data(), DType::f32, owned.shape());
  const GraphPointer graph = graph_of(shared);
  ConstantMemory memory({&graph, 1});
  plan(memory, 0, shared, 1);
  EXPECT_TRUE(is_there(owned));
  const Tensor small = random_tensor({4, 4}, 3);
  GraphBuilder builder;
  const ValueId x = builder.add_input("x", {DType::f32, {kDynamic, 4}, {}}).value();
  const ValueId w = builder.add_constant("w", small).value();
  ASSERT_TRUE(builder.add_exit("final", builder.add_node(OpKind::linear, {x, w}).value()).ok());
  const GraphPointer tiny = builder.build().value();
  ConstantMemory of_tiny({&tiny, 1});
  plan(of_tiny, 0, small, 1);
  EXPECT_FALSE(of_tiny.is_missing(0)) << "its page holds other things";
}

}  // namespace
}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// Where strides say that an element lies must be where the reference kernels have moved it to.
#include "transform/moved_view.h"

#include <gtest/gtest.h>

#include <numeric>

#include "support/interpreter.h"
#include "support/sample_graphs.h"
#include "support/tensors.h"
#include "transform/scalar.h"

namespace rheo {
namespace {

using testing::Net;
using Integers = std::vector<std::int64_t>;

struct Move {
  OpKind kind;
  Attributes attributes;
  std::int64_t index = 0;  // of a gather
};

Move reshape(Integers shape) { return {OpKind::reshape, {{"shape", std::move(shape)}}}; }
Move transpose(Integers permutation) { return {OpKind::transpose, {{"permutation", std::move(permutation)}}}; }
Move gather(std::int64_t axis, std::int64_t index) { return {OpKind::gather, {{"axis", axis}}, index}; }
Move slice(std::int64_t axis, std::int64_t start, std::int64_t end, std::int64_t step = 1) {
  return {OpKind::slice, {{"axis", axis}, {"start", start}, {"end", end}, {"step", step}}};
}

GraphPointer graph_of(const Shape& shape, const std::vector<Move>& moves) {
  Net net;
  ValueId value = net.input(shape);
  for (const Move& move : moves) {
    if (move.kind != OpKind::gather) {
      value = net.node(move.kind, {value}, move.attributes);
      continue;
    }
    Tensor index = testing::tensor_of(DType::i64, {}, {static_cast<double>(move.index)});
    const ValueId constant = net.builder().add_constant("index" + std::to_string(value), std::move(index)).value();
    value = net.node(move.kind, {value, constant}, move.attributes);
  }
  net.exit("final", net.node(OpKind::relu, {value}));
  return net.build();
}

// What the chain of moves in front of the exit makes of a whole input.
std::optional<MovedView> view_of(const Graph& graph) {
  std::optional<MovedView> view = MovedView::whole(graph.value(graph.inputs()[0].value).type.shape);
  for (const Node& node : graph.nodes()) {
    if (node.kind == OpKind::relu) break;
    EXPECT_TRUE(is_view(graph, node));
    view = moved(graph, node, *view);
    if (!view) break;
  }
  return view;
}

// Input element i is i + 1, so that the answer of the moves says where each came from.
void expect_same(const Shape& shape, const std::vector<Move>& moves) {
  const GraphPointer graph = graph_of(shape, moves);
  std::vector<double> counted(static_cast<std::size_t>(shape.elements()));
  std::iota(counted.begin(), counted.end(), 1);
  const Tensor numbers = testing::f32_of(shape, counted);
  const Tensor expected = testing::interpret_exits(*graph, {&numbers, 1}).value()[0];
  const std::optional<MovedView> view = view_of(*graph);
  ASSERT_TRUE(view.has_value());
  ASSERT_EQ(view->shape, expected.shape());
  for (std::int64_t i = 0; i < expected.shape().elements(); ++i) {
    std::int64_t at = view->first;
    std::int64_t rest = i;
    for (std::size_t axis = view->shape.rank(); axis-- > 0; rest /= view->shape[axis]) {
      at += view->shape[axis] == 1 ? 0 : rest % view->shape[axis] * view->strides[axis];
    }
    ASSERT_EQ(static_cast<float>(at + 1), expected.as<float>()[static_cast<std::size_t>(i)]) << i;
  }
}

TEST(MovedView, IsWhereTheMovesPutTheElements) {
  expect_same({2, 5, 12}, {});
  expect_same({2, 5, 12}, {reshape({2, 5, 3, 4}), transpose({0, 2, 1, 3})});
  expect_same({2, 5, 24}, {reshape({2, 5, 2, 3, 4}), transpose({2, 0, 3, 1, 4}), gather(0, 1)});
  expect_same({2, 5, 24}, {reshape({2, 5, 2, 12}), gather(2, -1), reshape({2, 5, 3, 4}), transpose({0, 2, 1, 3})});
  expect_same({2, 5, 24}, {slice(2, 8, 20), reshape({2, 5, 3, 4})});
  expect_same({2, 5, 6}, {slice(1, 4, 0, -2), transpose({2, 1, 0})});
  expect_same({2, 1, 6}, {reshape({2, 6}), reshape({1, 2, 1, 3, 2, 1}), reshape({2, 6})});
  expect_same({4, 3, 2, 5}, {slice(3, 1, 3), reshape({12, 2, 2}), reshape({2, 6, 2, 2})});
}

TEST(MovedView, IsNothingWhereNoStridesSayIt) {
  const auto fails = [](const Shape& shape, const std::vector<Move>& moves) {
    return !view_of(*graph_of(shape, moves)).has_value();
  };
  EXPECT_TRUE(fails({2, 5, 12}, {transpose({0, 2, 1}), reshape({2, 60})})) << "joins what lies apart";
  EXPECT_TRUE(fails({2, 5, 12}, {slice(2, 0, 6), reshape({2, 30})}));
  EXPECT_TRUE(fails({4, 6, 2}, {reshape({6, 4, 2})})) << "cuts anew";
}

TEST(MovedView, LeavesABatchAlone) {
  const GraphPointer graph =
      graph_of({kDynamic, 5, 24}, {reshape({-1, 5, 2, 3, 4}), transpose({0, 2, 3, 1, 4}), gather(1, 1)});
  const MovedView view = view_of(*graph).value();
  EXPECT_EQ(view.shape, (Shape{kDynamic, 3, 5, 4}));
  EXPECT_EQ(view.first, 12);
  EXPECT_EQ((Integers{view.strides.begin(), view.strides.begin() + 4}), (Integers{120, 4, 24, 1}));
}

TEST(MovedView, KnowsNoOtherOps) {
  Net net;
  const ValueId x = net.input({2, 3});
  net.exit("final", net.node(OpKind::relu, {x}));
  const GraphPointer graph = net.build();
  EXPECT_FALSE(is_view(*graph, graph->nodes()[0]));
  EXPECT_FALSE(moved(*graph, graph->nodes()[0], MovedView::whole({2, 3})).has_value());
}

}  // namespace
}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "graph/graph.h"
#include "support/sample_graphs.h"

namespace rheo {
namespace {

using testing::GraphPointer;
using testing::Net;

TEST(ConcreteTypes, PutTheBatchEverywhere) {
  const GraphPointer graph = testing::three_exit_graph();
  const std::vector<TensorType> types = concrete_types(*graph, 7).value();
  ASSERT_EQ(types.size(), graph->values().size());
  for (std::size_t id = 0; id < types.size(); ++id) {
    EXPECT_TRUE(types[id].shape.is_static()) << graph->values()[id].name;
    if (!graph->values()[id].is_constant()) {
      EXPECT_EQ(types[id].shape[0], 7) << graph->values()[id].name;
    }
  }
  EXPECT_EQ(types[graph->exits()[2].value].shape, (Shape{7, 5}));
}

TEST(ConcreteTypes, RefuseShapesThatTheModelDoesNotTake) {
  const GraphPointer graph = testing::three_exit_graph();
  const Shape good{2, 1, 12, 12};
  EXPECT_TRUE(concrete_types(*graph, std::span(&good, 1)).ok());
  EXPECT_FALSE(concrete_types(*graph, std::span<const Shape>()).ok());
  for (const Shape& bad : {Shape{2, 1, 12, 13}, Shape{2, 1, 12}, Shape{0, 1, 12, 12}, Shape{kDynamic, 1, 12, 12}}) {
    const Status status = concrete_types(*graph, std::span(&bad, 1)).status();
    EXPECT_EQ(status.code(), StatusCode::invalid_argument) << bad.to_string();
    EXPECT_NE(status.message().find("image"), std::string::npos) << status.to_string();
  }
  EXPECT_FALSE(concrete_types(*graph, 0).ok());
}

// Items of a batch must not see each other, and their rows must be where they are sought: an op that would join, split,
// move or mix dimension 0 of an open batch is refused when it is added.
TEST(OpenBatch, NoOpLetsItemsSeeEachOther) {
  Net net;
  const ValueId x = net.input({kDynamic, 6});
  const ValueId pixels = net.input({kDynamic, 1, 6}, "pixels");
  const ValueId four = net.constant({4, 6});
  const auto refused = [&](OpKind kind, std::vector<ValueId> inputs, const Attributes& attributes = {}) {
    return !net.builder().add_node(kind, inputs, attributes).ok();
  };
  using Integers = std::vector<std::int64_t>;
  EXPECT_TRUE(refused(OpKind::mean, {x}, {{"axes", Integers{0}}}));
  EXPECT_TRUE(refused(OpKind::softmax, {x}, {{"axis", 0}}));
  EXPECT_TRUE(refused(OpKind::log_softmax, {x}, {{"axis", -2}}));
  EXPECT_TRUE(refused(OpKind::layer_norm, {x}, {{"axes", 2}}));
  EXPECT_TRUE(refused(OpKind::concat, {x, x}, {{"axis", 0}}));
  EXPECT_TRUE(refused(OpKind::slice, {x}, {{"start", 1}}));
  EXPECT_TRUE(refused(OpKind::slice, {x}, {{"step", 2}}));
  EXPECT_TRUE(refused(OpKind::reshape, {x}, {{"shape", Integers{-1, 3}}}));
  EXPECT_TRUE(refused(OpKind::reshape, {x}, {{"shape", Integers{2, -1, 3}}}));
  EXPECT_TRUE(refused(OpKind::reshape, {pixels}, {{"shape", Integers{1, -1, 6}}}));
  EXPECT_TRUE(refused(OpKind::flatten, {x}, {{"start", 0}}));
  EXPECT_TRUE(refused(OpKind::transpose, {x}, {{"permutation", Integers{1, 0}}}));
  EXPECT_TRUE(refused(OpKind::add, {x, four}));
  EXPECT_TRUE(refused(OpKind::add, {x, pixels})) << "the batch would stand in two dimensions";
  EXPECT_TRUE(refused(OpKind::matmul, {four, x}));
  EXPECT_TRUE(refused(OpKind::matmul, {x, net.constant({5, 6, 2})}));
  EXPECT_TRUE(refused(OpKind::linear, {four, x})) << "weights cannot be a batch";
  EXPECT_FALSE(refused(OpKind::matmul, {x, net.constant({6, 2})}));
  EXPECT_FALSE(refused(OpKind::add, {x, net.constant({1, 6})}));
  EXPECT_FALSE(refused(OpKind::mean, {x}, {{"axes", Integers{1}}}));
}

TEST(OpenBatch, EveryInputAndExitMustHaveOne) {
  EXPECT_TRUE(has_open_batch(*testing::three_exit_graph()));
  Net fixed;
  fixed.exit("only", fixed.node(OpKind::relu, {fixed.input({1, 6})}));
  EXPECT_FALSE(has_open_batch(*fixed.build()));
  Net mixed;
  const ValueId open = mixed.input({kDynamic, 6});
  mixed.exit("only", mixed.node(OpKind::add, {open, mixed.input({1, 6}, "other")}));
  EXPECT_FALSE(has_open_batch(*mixed.build()));
}

TEST(OpenBatch, EveryOutputMustHaveOneToo) {
  EXPECT_TRUE(has_open_batch(*testing::three_exits_and_outputs()));
  Net net;
  net.exit("only", net.node(OpKind::relu, {net.input({kDynamic, 6})}));
  net.output("fixed", net.node(OpKind::relu, {net.constant({1, 3})}));
  EXPECT_FALSE(has_open_batch(*net.build()));
}

TEST(CountsItems, WhereDimensionZeroIsOpenOrOne) {
  EXPECT_TRUE(counts_items(*testing::three_exits_and_outputs()));
  EXPECT_FALSE(counts_items(*testing::state_graph()));
  const auto with_output = [](const Shape& shape) {
    Net net;
    net.exit("only", net.node(OpKind::relu, {net.input({1, 6})}));
    net.output("other", net.node(OpKind::relu, {net.constant(shape)}));
    return counts_items(*net.build());
  };
  EXPECT_TRUE(with_output({1, 3}));
  EXPECT_FALSE(with_output({2, 3}));
  EXPECT_FALSE(with_output({}));
}

TEST(IsClassifier, WhatAnswersF32OfTwoClassesAtLeast) {
  const auto answers = [](const Shape& shape, const char* dtype = nullptr) {
    Net net;
    ValueId x = net.node(OpKind::relu, {net.input(shape)});
    if (dtype != nullptr) x = net.node(OpKind::cast, {x}, {{"dtype", std::string(dtype)}});
    net.exit("only", x);
    return is_classifier(*net.build());
  };
  EXPECT_TRUE(is_classifier(*testing::three_exits_and_outputs()));
  EXPECT_TRUE(answers({kDynamic, 2}));
  EXPECT_TRUE(answers({1, 2}));
  EXPECT_FALSE(answers({kDynamic, 1}));
  EXPECT_FALSE(answers({2, 2})) << "dimension 0 counts no items";
  EXPECT_FALSE(answers({kDynamic, 2, 2}));
  EXPECT_FALSE(answers({kDynamic, 2}, "i64"));
  EXPECT_FALSE(is_classifier(*testing::encoder_graph()));
}

TEST(MultiplyAdds, AddUpStageByStage) {
  Net net;
  const ValueId image = net.input({kDynamic, 3, 8, 8});
  const ValueId conv = net.conv(image, 4, 3, 2);  // 4 * 4 * 4 results, 27 products each
  const ValueId flat = net.node(OpKind::flatten, {conv}, {{"start", 1}, {"end", -1}});
  net.exit("exit1", net.linear(flat, 5));                  // 5 results, 64 products each
  net.exit("final", net.linear(net.linear(flat, 10), 5));  // 10 of 64 and 5 of 10
  const GraphPointer graph = net.build();
  EXPECT_EQ(multiply_adds(*graph, 0).value(), 64 * 27 + 5 * 64);
  EXPECT_EQ(multiply_adds(*graph, 1).value(), 64 * 27 + 5 * 64 + 10 * 64 + 5 * 10);
  EXPECT_FALSE(multiply_adds(*graph, 2).ok());
  EXPECT_FALSE(multiply_adds(*graph, -1).ok());
}

}  // namespace
}  // namespace rheo

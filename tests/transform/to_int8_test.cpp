// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/graph_checks.h"
#include "support/interpreter.h"
#include "support/sample_graphs.h"
#include "transform/lower.h"
#include "transform/pass.h"

namespace rheo {
namespace {

using testing::find_node;
using testing::find_value;
using testing::kinds;
using testing::Net;
using testing::random_tensor;
using Names = std::vector<std::string>;

DType dtype_of_value(const Graph& graph, std::string_view name) {
  const Value* value = find_value(graph, name);
  EXPECT_NE(value, nullptr) << name;
  return value == nullptr ? DType::boolean : value->type.dtype;
}

TEST(ToInt8, KeepsEightBitsBetweenLayersAndQuantisesOnce) {
  const GraphPointer graph = optimize(testing::three_exit_graph()).value();
  const std::vector<Tensor> inputs{random_tensor({4, 1, 12, 12}, 9, 0, 1)};
  const GraphPointer lowered = to_int8(*graph, testing::observed_ranges(*graph, inputs)).value();
  EXPECT_EQ(testing::count_kind(*lowered, OpKind::quantize), 1);  // the picture
  EXPECT_EQ(testing::count_kind(*lowered, OpKind::dequantize), 0);
  EXPECT_EQ(lowered->nodes().size(), graph->nodes().size() + 1);
  EXPECT_EQ(dtype_of_value(*lowered, "image.u8"), DType::u8);
  EXPECT_EQ(dtype_of_value(*lowered, "stem.relu"), DType::u8);
  EXPECT_EQ(dtype_of_value(*lowered, "coarse.pool"), DType::u8);
  EXPECT_EQ(dtype_of_value(*lowered, "fine_down"), DType::u8);  // no activation, read as residual
  EXPECT_NE(find_value(*lowered, "fine_down")->type.quantization.zero_point, 0);
  EXPECT_EQ(dtype_of_value(*lowered, "last.relu2"), DType::u8);  // the last one before a head
  EXPECT_EQ(dtype_of_value(*lowered, "final.pool"), DType::f32);
  EXPECT_EQ(dtype_of_value(*lowered, "final.linear"), DType::f32);
}

TEST(ToInt8, StaysNearF32) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    const GraphPointer graph = optimize(testing::three_exit_graph(seed)).value();
    const std::vector<Tensor> calibration{random_tensor({16, 1, 12, 12}, seed, 0, 1)};
    const GraphPointer lowered = to_int8(*graph, testing::observed_ranges(*graph, calibration)).value();
    const std::vector<Tensor> inputs{random_tensor({4, 1, 12, 12}, seed + 50, 0, 1)};
    EXPECT_TRUE(testing::same_answers(*graph, *lowered, inputs, 0.05));
    EXPECT_FALSE(testing::same_answers(*graph, *lowered, inputs, 1e-4)) << "nothing was rounded";
  }
}

TEST(ToInt8, BytesArePassedWithoutLoss) {
  Net net;  // one weight of 1: whatever is lost, is lost by quantising the picture
  const ValueId image = net.input({kDynamic, 1, 16, 16});
  const ValueId one = net.builder().add_constant("one", Tensor::of<float>({1}, {1, 1, 1, 1}).value()).value();
  net.exit("final", net.node(OpKind::conv2d, {image, one}, {}, "conv"));
  const GraphPointer graph = net.build();
  Tensor bytes = Tensor::zeros(DType::f32, {1, 1, 16, 16}).value();
  for (std::size_t pixel = 0; pixel < 256; ++pixel) {
    bytes.as_mutable<float>()[pixel] = static_cast<float>(pixel) / 255.0F;
  }
  const std::vector<Tensor> inputs{bytes};
  const GraphPointer lowered = to_int8(*graph, {{"image", {0, 1}}}).value();
  EXPECT_TRUE(testing::same_answers(*graph, *lowered, inputs, 1e-6));
}

TEST(ToInt8, AMissingRangeNamesTheValue) {
  const GraphPointer graph = optimize(testing::three_exit_graph()).value();
  const std::vector<Tensor> inputs{random_tensor({4, 1, 12, 12}, 9, 0, 1)};
  Ranges ranges = testing::observed_ranges(*graph, inputs);
  ranges.erase("fine.relu1");
  const Status status = to_int8(*graph, ranges).status();
  EXPECT_EQ(status.code(), StatusCode::not_found);
  EXPECT_NE(status.message().find("fine.relu1"), std::string::npos) << status.to_string();
}

TEST(ToInt8, OpsWithoutEightBitsGetF32AndItsReadersQuantiseOnce) {
  Net net;
  const ValueId image = net.input({kDynamic, 3, 8, 8});
  const ValueId conv = net.conv(image, 4, 3, 1, "conv");
  const ValueId gate = net.node(OpKind::mul, {conv, net.constant({4, 1, 1}, "gain")}, {}, "gate");
  const ValueId left = net.conv(gate, 4, 3, 1, "left");
  const ValueId right = net.conv(gate, 4, 1, 1, "right");
  net.exit("final", net.node(OpKind::mul, {left, right}, {}, "out"));
  const GraphPointer graph = net.build();
  const std::vector<Tensor> inputs{random_tensor({2, 3, 8, 8}, 4)};
  const GraphPointer lowered = to_int8(*graph, testing::observed_ranges(*graph, inputs)).value();
  EXPECT_EQ(kinds(*lowered), (Names{"quantize", "conv2d", "mul", "quantize", "conv2d", "conv2d", "mul"}));
  EXPECT_EQ(dtype_of_value(*lowered, "conv"), DType::f32);  // its only reader computes in f32
  EXPECT_TRUE(testing::same_answers(*graph, *lowered, inputs, 0.05));
}

TEST(ToInt8, AnEightBitValueIsDequantisedOnceForReadersInF32) {
  Net net;
  const ValueId image = net.input({kDynamic, 3, 8, 8});
  const ValueId conv = net.conv(image, 4, 3, 1, "conv");
  const ValueId a = net.node(OpKind::sigmoid, {conv}, {}, "a");
  const ValueId b = net.node(OpKind::tanh, {conv}, {}, "b");
  const ValueId c = net.conv(conv, 4, 3, 1, "c");
  net.exit("final", net.node(OpKind::add, {net.node(OpKind::mul, {a, b}), c}, {}, "out"));
  const GraphPointer graph = net.build();
  const std::vector<Tensor> inputs{random_tensor({2, 3, 8, 8}, 4)};
  const GraphPointer lowered = to_int8(*graph, testing::observed_ranges(*graph, inputs)).value();
  EXPECT_EQ(testing::count_kind(*lowered, OpKind::quantize), 1);
  EXPECT_EQ(testing::count_kind(*lowered, OpKind::dequantize), 1);
  EXPECT_NE(find_node(*lowered, "conv.f32"), nullptr);
  EXPECT_TRUE(testing::same_answers(*graph, *lowered, inputs, 0.05));
}

TEST(ToInt8, WideLinearLayersComputeInEightBits) {
  Net net;
  const ValueId flat = net.node(
      OpKind::flatten, {net.node(OpKind::global_avg_pool, {net.input({kDynamic, 512, 2, 2})}, {}, "pool")}, {}, "flat");
  net.exit("final", net.linear(net.node(OpKind::relu, {net.linear(flat, 256, "wide")}, {}, "act"), 10, "head"));
  const GraphPointer graph = optimize(net.build()).value();
  const std::vector<Tensor> inputs{random_tensor({3, 512, 2, 2}, 4)};
  const GraphPointer lowered = to_int8(*graph, testing::observed_ranges(*graph, inputs)).value();
  EXPECT_EQ(kinds(*lowered), (Names{"global_avg_pool", "quantize", "flatten", "linear", "linear"}));
  EXPECT_TRUE(testing::same_answers(*graph, *lowered, inputs, 0.05));
}

TEST(ToInt8, AnExitThatIsReadAgainStaysF32) {
  Net net;
  const ValueId image = net.input({kDynamic, 4, 6, 6});
  const ValueId first = net.conv(image, 4, 3, 1, "first");
  net.exit("exit1", first);
  net.exit("final", net.conv(first, 4, 3, 1, "second"));
  const GraphPointer graph = net.build();
  const std::vector<Tensor> inputs{random_tensor({2, 4, 6, 6}, 4)};
  const GraphPointer lowered = to_int8(*graph, testing::observed_ranges(*graph, inputs)).value();
  EXPECT_EQ(kinds(*lowered), (Names{"quantize", "conv2d", "quantize", "conv2d"}));
  EXPECT_EQ(dtype_of_value(*lowered, "first"), DType::f32);
}

TEST(ToInt8, SharedWeightsAreQuantisedOnce) {
  Net net;
  const ValueId image = net.input({kDynamic, 4, 6, 6});
  const ValueId weights = net.constant({4, 4, 1, 1}, "w");
  const ValueId once = net.node(OpKind::conv2d, {image, weights}, {}, "once");
  net.exit("final", net.node(OpKind::conv2d, {once, weights}, {}, "twice"));
  const GraphPointer graph = net.build();
  const std::vector<Tensor> inputs{random_tensor({2, 4, 6, 6}, 4)};
  const GraphPointer lowered = to_int8(*graph, testing::observed_ranges(*graph, inputs)).value();
  EXPECT_EQ(find_node(*lowered, "once")->inputs[1], find_node(*lowered, "twice")->inputs[1]);
}

TEST(ToInt8, OutputsKeepTheirTypeAndTheirStage) {
  const GraphPointer graph = optimize(testing::three_exits_and_outputs()).value();
  const std::vector<Tensor> calibration{random_tensor({16, 1, 12, 12}, 1, 0, 1)};
  const GraphPointer lowered = to_int8(*graph, testing::observed_ranges(*graph, calibration)).value();
  const std::vector<Tensor> inputs{random_tensor({2, 1, 12, 12}, 60, 0, 1)};
  EXPECT_TRUE(testing::same_outputs(*graph, *lowered, inputs, 0.08));
}

TEST(ToInt8, AnEightBitPictureIsGivenOutInF32) {
  Net net;
  const ValueId image = net.input({kDynamic, 4, 8, 8});
  const ValueId pooled = net.node(OpKind::max_pool2d, {net.conv(image, 4, 3, 1, "conv")},
                                  {{"kernel", std::vector<std::int64_t>{2, 2}}}, "pooled");
  net.exit("exit1", net.conv(pooled, 4, 3, 1, "head"));
  net.exit("final", net.conv(pooled, 4, 3, 1, "second"));
  net.output("pooled", pooled);
  const GraphPointer graph = net.build();
  const std::vector<Tensor> inputs{random_tensor({2, 4, 8, 8}, 4)};
  const GraphPointer lowered = to_int8(*graph, testing::observed_ranges(*graph, inputs)).value();
  EXPECT_EQ(dtype_of_value(*lowered, "pooled"), DType::u8);
  EXPECT_TRUE(testing::same_outputs(*graph, *lowered, inputs, 0.05));
}

TEST(ToInt8, MovesBetweenLayersKeepEightBitsAndTablesAreQuantisedAfterTheLookup) {
  using List = std::vector<std::int64_t>;
  Net net;
  const ValueId conv = net.conv(net.input({kDynamic, 3, 6, 6}), 8, 3, 1, "conv");
  const ValueId larger = net.node(OpKind::resize, {conv}, {{"scales", List{2, 2}}}, "larger");
  const ValueId padded = net.node(OpKind::pad, {larger}, {{"pads", List{0, 0, 1, 1, 0, 0, 1, 1}}}, "padded");
  const ValueId places = net.node(OpKind::argmax, {net.node(OpKind::flatten, {conv})}, {{"axis", 1}}, "places");
  const ValueId row = net.node(OpKind::gather, {net.constant({288, 4}, "table"), places}, {}, "row");
  const ValueId picture = net.node(OpKind::reshape, {row}, {{"shape", List{0, 4, 1, 1}}}, "picture");
  const ValueId added =
      net.node(OpKind::add, {net.conv(padded, 4, 3, 1, "second"), net.conv(picture, 4, 1, 1, "third")});
  net.exit("final", added);
  const GraphPointer graph = net.build();
  const std::vector<Tensor> inputs{random_tensor({4, 3, 6, 6}, 9, 0, 1)};
  const GraphPointer lowered = to_int8(*graph, testing::observed_ranges(*graph, inputs)).value();
  EXPECT_EQ(dtype_of_value(*lowered, "larger"), DType::u8);
  EXPECT_EQ(dtype_of_value(*lowered, "padded"), DType::u8);
  EXPECT_EQ(dtype_of_value(*lowered, "row"), DType::f32);
  EXPECT_EQ(dtype_of_value(*lowered, "picture"), DType::u8);
}

TEST(ToInt8, RecurrentOpsAndAttentionStayF32) {
  const GraphPointer graph = optimize(testing::recurrent_graph()).value();
  const std::vector<Tensor> inputs{random_tensor({2, 5, 3}, 4)};
  const GraphPointer lowered = to_int8(*graph, testing::observed_ranges(*graph, inputs)).value();
  EXPECT_TRUE(testing::same_answers(*graph, *lowered, inputs, 0));  // the head is too small to be worth 8 bits
  Net net;
  const ValueId q = net.input({kDynamic, 2, 3, 4});
  net.exit("final", net.node(OpKind::attention, {net.conv(q, 2, 1, 1, "conv"), q, q}, {}, "attention"));
  const GraphPointer mixed = net.build();
  const std::vector<Tensor> queries{random_tensor({2, 2, 3, 4}, 4)};
  const GraphPointer eight = to_int8(*mixed, testing::observed_ranges(*mixed, queries)).value();
  EXPECT_EQ(dtype_of_value(*eight, "attention"), DType::f32);
  EXPECT_TRUE(testing::same_answers(*mixed, *eight, queries, 0.05));
}

// What stays out of 8 bits takes wide inputs and weights and answers in f32; its neighbours stay as they were.
TEST(ToInt8, NodesMayComputeInAWiderType) {
  const GraphPointer graph = optimize(testing::three_exit_graph()).value();
  const std::vector<Tensor> inputs{random_tensor({4, 1, 12, 12}, 9, 0, 1)};
  const Ranges ranges = testing::observed_ranges(*graph, inputs);
  const std::vector<std::string> all = eight_bit_nodes(*graph);
  const GraphPointer narrow = to_int8(*graph, ranges).value();
  for (const auto& [precision, dtype] : {std::pair{Precision::bf16, DType::bf16}, {Precision::f32, DType::f32}}) {
    for (const std::string& name : all) {
      const GraphPointer lowered = to_int8(*graph, ranges, {{name, precision}}).value();
      const Node* node = find_node(*lowered, name);
      ASSERT_NE(node, nullptr) << name;
      EXPECT_EQ(lowered->value(node->inputs[0]).type.dtype, dtype) << name;
      EXPECT_EQ(lowered->value(node->inputs[1]).type.dtype, dtype) << name;
      EXPECT_EQ(lowered->value(node->outputs[0]).type.dtype, DType::f32) << name;
      for (const std::string& other : all) {
        if (other == name) continue;
        const Node* neighbour = find_node(*lowered, other);
        EXPECT_EQ(lowered->value(neighbour->inputs[1]).type.dtype, DType::i8) << other << " beside " << name;
      }
      EXPECT_TRUE(testing::same_answers(*graph, *lowered, inputs, 0.06)) << name;
    }
    NodePrecisions whole;
    for (const std::string& name : all) whole.emplace(name, precision);
    const GraphPointer wide = to_int8(*graph, ranges, whole).value();
    EXPECT_LT(testing::largest_difference(*graph, *wide, inputs), testing::largest_difference(*graph, *narrow, inputs));
    EXPECT_EQ(testing::count_kind(*wide, OpKind::quantize), 0) << "nobody is left who wants 8 bits";
  }
}

TEST(ToInt8, OnlyWhatComputesOnEightBitsCanStayOutOfThem) {
  const GraphPointer graph = optimize(testing::three_exit_graph()).value();
  const std::vector<Tensor> inputs{random_tensor({4, 1, 12, 12}, 9, 0, 1)};
  const Ranges ranges = testing::observed_ranges(*graph, inputs);
  for (const char* name : {"none", "final.linear", "coarse.pool"}) {  // the linear layer is small
    const Status status = to_int8(*graph, ranges, {{name, Precision::f32}}).status();
    EXPECT_EQ(status.code(), StatusCode::not_found) << name;
    EXPECT_NE(status.message().find(name), std::string::npos) << status.message();
  }
  const std::string first = eight_bit_nodes(*graph).front();
  EXPECT_EQ(to_int8(*graph, ranges, {{first, Precision::int8}}).status().code(), StatusCode::invalid_argument);
}

}  // namespace
}  // namespace rheo

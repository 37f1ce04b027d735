// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/graph_checks.h"
#include "support/interpreter.h"
#include "support/sample_graphs.h"
#include "transform/lower.h"
#include "transform/pass.h"
#include "transform/round_rows.h"

namespace rheo {
namespace {

using testing::find_node;
using testing::find_value;
using testing::kinds;
using testing::Net;
using testing::random_tensor;
using Names = std::vector<std::string>;

TEST(ToBf16, ConvertsOnceAtTheBorderAndAnswersInF32) {
  const GraphPointer graph = optimize(testing::three_exit_graph()).value();
  const GraphPointer lowered = to_bf16(*graph).value();
  EXPECT_EQ(testing::count_kind(*lowered, OpKind::cast), 1);  // the picture; heads get f32 from their pools
  for (const Node& node : lowered->nodes()) {
    const DType dtype = lowered->value(node.outputs[0]).type.dtype;
    const bool is_head =
        node.kind == OpKind::linear || node.kind == OpKind::flatten || node.kind == OpKind::global_avg_pool;
    EXPECT_EQ(dtype, is_head ? DType::f32 : DType::bf16) << node.name;
    if (node.kind == OpKind::conv2d) {
      EXPECT_EQ(lowered->value(node.inputs[1]).type.dtype, DType::bf16) << node.name;
      EXPECT_EQ(lowered->value(node.inputs[2]).type.dtype, DType::f32) << node.name;
    }
  }
}

TEST(ToBf16, StaysNearF32) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    const GraphPointer graph = optimize(testing::three_exit_graph(seed)).value();
    const GraphPointer lowered = to_bf16(*graph).value();
    const std::vector<Tensor> inputs{random_tensor({4, 1, 12, 12}, seed + 50, 0, 1)};
    // One rounding is 2^-9; nine layers of independent ones stay below ten times that.
    EXPECT_TRUE(testing::same_answers(*graph, *lowered, inputs, 0.02));
    EXPECT_FALSE(testing::same_answers(*graph, *lowered, inputs, 1e-6)) << "nothing was rounded";
  }
}

TEST(ToBf16, KernelsOfOneChannelKeepTheirSums) {
  Net net;
  const ValueId image = net.input({kDynamic, 8, 6, 6});
  const ValueId deep = net.node(OpKind::conv2d, {image, net.constant({8, 1, 3, 3}, "kernels"), kNoValue},
                                {{"groups", std::int64_t{8}}}, "depthwise");
  net.exit("final", net.node(OpKind::flatten, {net.conv(deep, 16, 3, 1, "conv")}, {}, "flat"));
  const GraphPointer graph = net.build();
  const GraphPointer lowered = to_bf16(*graph).value();
  const auto bits = [&](const Tensor& tensor) {
    return std::vector<std::uint16_t>(static_cast<const std::uint16_t*>(tensor.data()),
                                      static_cast<const std::uint16_t*>(tensor.data()) + tensor.shape().elements());
  };
  const Tensor& kernels = find_value(*graph, "kernels")->constant;
  EXPECT_EQ(bits(find_value(*lowered, "kernels.bf16")->constant), bits(round_rows_to_bf16(kernels).value()));
  const Tensor& weights = graph->value(find_node(*graph, "conv")->inputs[1]).constant;
  const Tensor& rounded = lowered->value(find_node(*lowered, "conv")->inputs[1]).constant;
  EXPECT_NE(bits(rounded), bits(round_rows_to_bf16(weights).value())) << "many products round to the nearest";
}

TEST(ToBf16, AWideLastLayerComputesInBf16AndAnswersInF32) {
  Net net;
  net.exit("final", net.linear(net.input({kDynamic, 1024}), 128, "wide"));
  const GraphPointer lowered = to_bf16(*net.build()).value();
  EXPECT_EQ(kinds(*lowered), (Names{"cast", "linear"}));
  EXPECT_EQ(lowered->value(lowered->exits()[0].value).type.dtype, DType::f32);
}

TEST(ToBf16, ElementwiseOpsFollowAndParametersStay) {
  Net net;
  const ValueId image = net.input({kDynamic, 4, 6, 6});
  const ValueId norm = net.batch_norm(image, "norm");
  const ValueId scaled = net.node(OpKind::mul, {norm, net.constant({4, 1, 1}, "gain")}, {}, "scaled");
  const ValueId conv = net.conv(scaled, 8, 3, 1, "conv");
  net.exit("final", net.node(OpKind::softmax, {conv}, {{"axis", 1}}, "softmax"));
  const GraphPointer graph = net.build();
  const GraphPointer lowered = to_bf16(*graph).value();
  EXPECT_EQ(kinds(*lowered), (Names{"cast", "batch_norm", "mul", "conv2d", "softmax"}));
  EXPECT_EQ(find_value(*lowered, "norm")->type.dtype, DType::bf16);
  EXPECT_NE(find_value(*lowered, "gain.bf16"), nullptr);
  EXPECT_EQ(find_value(*lowered, "conv")->type.dtype, DType::f32);
  const std::vector<Tensor> inputs{random_tensor({2, 4, 6, 6}, 8)};
  EXPECT_TRUE(testing::same_answers(*graph, *lowered, inputs, 0.02));
}

TEST(ToBf16, AnExitThatIsReadAgainIsF32AndConvertedForItsReader) {
  Net net;
  const ValueId image = net.input({kDynamic, 4, 6, 6});
  const ValueId first = net.conv(image, 4, 3, 1, "first");
  net.exit("exit1", first);
  net.exit("final", net.conv(first, 4, 3, 1, "second"));
  const GraphPointer lowered = to_bf16(*net.build()).value();
  EXPECT_EQ(kinds(*lowered), (Names{"cast", "conv2d", "cast", "conv2d"}));
  EXPECT_EQ(find_node(*lowered, "first.bf16")->stage, 1);  // the first exit does not wait for the conversion
}

TEST(ToBf16, OutputsKeepTheirTypeAndTheirStage) {
  const GraphPointer graph = optimize(testing::three_exits_and_outputs()).value();
  const std::vector<Tensor> inputs{random_tensor({2, 1, 12, 12}, 60, 0, 1)};
  EXPECT_TRUE(testing::same_outputs(*graph, *to_bf16(*graph).value(), inputs, 0.03));
}

// A matmul has no choice of its result's type: the conversion behind it is an op of its own.
TEST(ToBf16, AConversionForAnOutputMovesItToNoLaterStage) {
  Net net;
  const ValueId x = net.input({kDynamic, 4, 4});
  const ValueId product = net.node(OpKind::matmul, {x, x}, {}, "product");
  net.exit("exit1", net.node(OpKind::relu, {product}));
  net.output("product", product);
  net.output("half", net.node(OpKind::cast, {product}, {{"dtype", std::string("bf16")}}, "half"));
  net.exit("final", net.node(OpKind::matmul, {product, x}));
  const GraphPointer graph = net.build();
  const GraphPointer lowered = to_bf16(*graph).value();
  const std::vector<GivenOut> all = given_out(*lowered);
  EXPECT_EQ(lowered->value(all[2].value).type.dtype, DType::f32);
  EXPECT_EQ(lowered->value(all[3].value).type.dtype, DType::bf16);
  EXPECT_EQ(find_value(*lowered, "product")->type.dtype, DType::bf16);
  EXPECT_EQ(all[2].stage, 0);
  EXPECT_EQ(all[3].stage, 0);
}

TEST(ToBf16, ComparisonsAndPowersStayF32) {
  Net net;
  const ValueId first = net.conv(net.input({kDynamic, 4, 6, 6}), 4, 3, 1, "first");
  const ValueId power = net.node(OpKind::pow, {first, net.constant({1}, "exponent", 2, 2)}, {}, "power");
  const ValueId above = net.node(OpKind::greater, {first, net.constant({1}, "limit", 0, 0)}, {}, "above");
  const ValueId chosen = net.node(OpKind::where, {above, first, power}, {}, "chosen");
  net.exit("final", net.conv(chosen, 4, 3, 1, "second"));
  const GraphPointer graph = net.build();
  const GraphPointer lowered = to_bf16(*graph).value();
  EXPECT_EQ(find_value(*lowered, "power")->type.dtype, DType::f32);
  EXPECT_EQ(find_value(*lowered, "above")->type.dtype, DType::boolean);
  EXPECT_EQ(lowered->value(find_node(*lowered, "above")->inputs[0]).type.dtype, DType::f32);
  EXPECT_EQ(find_value(*lowered, "chosen")->type.dtype, DType::bf16);
  EXPECT_EQ(find_value(*lowered, "exponent.bf16"), nullptr);
}

TEST(ToBf16, IndicesAreFoundInF32AndRowsAreRead) {
  Net net;
  const ValueId image = net.input({kDynamic, 8, 4, 4});
  const ValueId places = net.node(OpKind::argmax, {image}, {{"axis", 1}}, "places");
  const ValueId rows = net.node(OpKind::gather, {net.constant({8, 6}, "table"), places}, {}, "rows");
  const ValueId turned =
      net.node(OpKind::transpose, {rows}, {{"permutation", std::vector<std::int64_t>{0, 3, 1, 2}}}, "turned");
  net.exit("final", net.conv(turned, 4, 3, 1, "conv"));
  const GraphPointer graph = net.build();
  const GraphPointer lowered = to_bf16(*graph).value();
  EXPECT_EQ(kinds(*lowered), (Names{"argmax", "gather", "transpose", "conv2d"}));  // no cast of the picture
  EXPECT_EQ(find_value(*lowered, "rows")->type.dtype, DType::bf16);
  EXPECT_NE(find_value(*lowered, "table.bf16"), nullptr);
  EXPECT_TRUE(testing::same_answers(*graph, *lowered, std::vector<Tensor>{random_tensor({2, 8, 4, 4}, 8)}, 0.02));
}

TEST(ToBf16, AttentionAndConvTransposeFollowAndMasksStay) {
  Net net;
  const ValueId x = net.input({kDynamic, 2, 3, 4});
  const ValueId mask = net.constant({3, 3}, "mask");
  const ValueId seen = net.node(OpKind::attention, {x, x, x, mask}, {}, "seen");
  const ValueId w = net.constant({2, 2, 1, 1}, "w");
  net.exit("final", net.node(OpKind::conv_transpose2d, {seen, w, net.constant({2}, "b")}, {}, "up"));
  const GraphPointer graph = net.build();
  const GraphPointer lowered = to_bf16(*graph).value();
  EXPECT_EQ(kinds(*lowered), (Names{"cast", "attention", "conv_transpose2d"}));
  EXPECT_EQ(lowered->value(find_node(*lowered, "seen")->inputs[3]).type.dtype, DType::f32);
  EXPECT_EQ(lowered->value(find_node(*lowered, "up")->inputs[1]).type.dtype, DType::bf16);
  EXPECT_EQ(lowered->value(find_node(*lowered, "up")->inputs[2]).type.dtype, DType::f32);
  EXPECT_EQ(find_value(*lowered, "up")->type.dtype, DType::f32);
  const std::vector<Tensor> inputs{random_tensor({2, 2, 3, 4}, 3)};
  EXPECT_TRUE(testing::same_answers(*graph, *lowered, inputs, 0.02));
}

TEST(ToBf16, RecurrentOpsStayF32) {
  Net net;
  const ValueId x = net.input({kDynamic, 5, 64});
  const ValueId wide = net.linear(x, 1024, "wide");
  const ValueId y =
      net.node(OpKind::rnn, {wide, net.constant({1, 3, 1024}, "w"), net.constant({1, 3, 3}, "r")}, {}, "rnn");
  net.exit("final", net.node(OpKind::flatten, {y}, {}, "flat"));
  const GraphPointer lowered = to_bf16(*net.build()).value();
  EXPECT_EQ(find_value(*lowered, "rnn")->type.dtype, DType::f32);
  EXPECT_EQ(lowered->value(find_node(*lowered, "rnn")->inputs[1]).type.dtype, DType::f32);
  const GraphPointer graph = testing::recurrent_graph();
  const std::vector<Tensor> inputs{random_tensor({2, 5, 3}, 4)};
  EXPECT_TRUE(testing::same_answers(*graph, *to_bf16(*graph).value(), inputs, 0));
}

TEST(ToBf16, ParametersOfNormsStay) {
  Net net;
  const ValueId image = net.input({kDynamic, 4, 6, 6});
  const ValueId norm = net.node(OpKind::group_norm, {image, net.constant({4}, "scale")}, {{"groups", 2}}, "norm");
  net.exit("final", net.conv(norm, 8, 3, 1, "conv"));
  const GraphPointer lowered = to_bf16(*net.build()).value();
  EXPECT_EQ(find_value(*lowered, "norm")->type.dtype, DType::bf16);
  EXPECT_EQ(lowered->value(find_node(*lowered, "norm")->inputs[1]).type.dtype, DType::f32);
}

}  // namespace
}  // namespace rheo

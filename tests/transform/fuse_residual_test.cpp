// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "op/epilogue.h"
#include "support/graph_checks.h"
#include "support/sample_graphs.h"
#include "transform/pass.h"

namespace rheo {
namespace {

using testing::find_node;
using testing::kinds;
using testing::Net;
using testing::random_tensor;
using Names = std::vector<std::string>;

const std::vector<Tensor> kPictures{random_tensor({2, 4, 6, 6}, 3)};

// Both fusing passes in their order; checks the answers.
GraphPointer fused(const GraphPointer& graph) {
  const GraphPointer residual = fuse_residual(*graph).value();
  const GraphPointer result = fuse_activation(*residual).value();
  EXPECT_TRUE(testing::same_answers(*graph, *result, kPictures, 1e-6));
  return result;
}

TEST(FuseResidual, ReluOfConvolutionPlusInputIsOneOp) {
  for (const bool conv_first : {false, true}) {
    Net net;
    const ValueId image = net.input({kDynamic, 4, 6, 6});
    const ValueId conv = net.conv(image, 4, 3);
    const ValueId sum = conv_first ? net.node(OpKind::add, {conv, image}) : net.node(OpKind::add, {image, conv});
    net.exit("final", net.node(OpKind::relu, {sum}, {}, "out"));
    const GraphPointer result = fused(net.build());
    ASSERT_EQ(kinds(*result), Names{"conv2d"});
    EXPECT_EQ(result->node(0).name, "out");
    EXPECT_EQ(result->node(0).attributes.text("activation"), "relu");
    EXPECT_EQ(result->node(0).inputs[kResidualInput], result->inputs()[0].value);
  }
}

TEST(FuseResidual, WithoutABiasTheResidualStaysInItsPlace) {
  Net net;
  const ValueId image = net.input({kDynamic, 4, 6, 6});
  net.exit("final", net.node(OpKind::add, {image, net.conv(image, 4, 3, 1, "conv", false)}));
  const GraphPointer result = fused(net.build());
  ASSERT_EQ(kinds(*result), Names{"conv2d"});
  EXPECT_EQ(result->node(0).inputs[kBiasInput], kNoValue);
}

TEST(FuseResidual, AnActivationBeforeTheAddStaysBeforeIt) {
  Net net;  // x + relu(conv(x)) is not relu(conv(x) + x)
  const ValueId image = net.input({kDynamic, 4, 6, 6});
  const ValueId act = net.node(OpKind::relu, {net.conv(image, 4, 3)});
  net.exit("final", net.node(OpKind::add, {image, act}));
  const GraphPointer graph = net.build();
  EXPECT_EQ(kinds(*fused(graph)), (Names{"conv2d", "add"}));
  // Nor in the wrong order of the passes.
  const GraphPointer wrong_order = fuse_residual(*fuse_activation(*graph).value()).value();
  EXPECT_EQ(kinds(*wrong_order), (Names{"conv2d", "add"}));
  EXPECT_TRUE(testing::same_answers(*graph, *wrong_order, kPictures, 1e-6));
}

TEST(FuseResidual, TheLaterConvolutionTakesTheEarlierOne) {
  for (const bool swapped : {false, true}) {
    Net net;
    const ValueId image = net.input({kDynamic, 4, 6, 6});
    const ValueId early = net.conv(image, 4, 1, 1, "early");
    const ValueId late = net.conv(image, 4, 3, 1, "late");
    const ValueId sum =
        swapped ? net.node(OpKind::add, {late, early}, {}, "sum") : net.node(OpKind::add, {early, late}, {}, "sum");
    net.exit("final", sum);
    const GraphPointer result = fused(net.build());
    ASSERT_EQ(kinds(*result), (Names{"conv2d", "conv2d"}));
    EXPECT_EQ(find_node(*result, "sum")->inputs[kResidualInput], find_node(*result, "early")->outputs[0]);
    EXPECT_EQ(find_node(*result, "sum")->attributes.integers("pads")[0], 1);  // the 3 x 3 one
  }
}

TEST(FuseResidual, TheEarlierOneWhenTheLaterCannot) {
  Net net;
  const ValueId image = net.input({kDynamic, 4, 6, 6});
  const ValueId early = net.conv(image, 4, 1, 1, "early");
  const ValueId late = net.conv(image, 4, 3, 1, "late");
  net.exit("exit1", late);
  net.exit("final", net.node(OpKind::add, {early, late}, {}, "sum"));
  const GraphPointer result = fused(net.build());
  EXPECT_EQ(kinds(*result), (Names{"conv2d", "conv2d"}));
  EXPECT_EQ(find_node(*result, "sum")->inputs[kResidualInput], find_node(*result, "late")->outputs[0]);
}

TEST(FuseResidual, NotWhatBroadcastsOrIsReadTwice) {
  Net net;
  const ValueId image = net.input({kDynamic, 4, 6, 6});
  const ValueId mean = net.node(OpKind::global_avg_pool, {image});
  net.exit("exit1", net.node(OpKind::add, {net.conv(image, 4, 3), mean}));
  const ValueId twice = net.conv(image, 4, 3);
  net.exit("exit2", net.node(OpKind::add, {twice, twice}));
  const ValueId shared = net.conv(image, 4, 3);
  net.exit("final", net.node(OpKind::mul, {net.node(OpKind::add, {shared, image}), shared}));
  EXPECT_EQ(testing::count_kind(*fused(net.build()), OpKind::add), 3);
}

}  // namespace
}  // namespace rheo

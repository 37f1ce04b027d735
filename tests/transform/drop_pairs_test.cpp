// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/graph_checks.h"
#include "support/sample_graphs.h"
#include "support/spelled_quantization.h"
#include "transform/pass.h"
#include "transform/quantised_attention.h"

namespace rheo {
namespace {

using namespace testing;
using Names = std::vector<std::string>;

ValueId pair_of(Net& net, ValueId x, double scale, std::int64_t zero_point) {
  const ValueId stored =
      net.node(OpKind::quantize, {x}, {{"dtype", std::string("u8")}, {"scale", scale}, {"zero_point", zero_point}});
  return net.node(OpKind::dequantize, {stored}, {{"dtype", std::string("f32")}});
}

ValueId layer(Net& net, ValueId x, std::uint64_t seed) {
  return net.node(OpKind::linear, {x, stored_weights(net, {6, 6}, 0, seed)});
}

TEST(DropPairs, KeepsWhatALayerReadsAndDropsWhatOnlyASumReads) {
  Net net;
  const ValueId x = pair_of(net, net.input({kDynamic, 6}), 0.01, 128);
  const ValueId y = pair_of(net, layer(net, x, 4), 0.03, 120);
  net.exit("final", net.node(OpKind::add, {y, x}));
  const testing::GraphPointer dropped = drop_pairs(*net.build()).value();
  EXPECT_EQ(count_kind(*dropped, OpKind::quantize), 1);
  EXPECT_EQ(count_kind(*dropped, OpKind::relu), 0);
}

TEST(DropPairs, OfTwoProductsThatAreAddedTheFirstStays) {
  Net net;
  const ValueId x = pair_of(net, net.input({kDynamic, 6}), 0.01, 128);
  const ValueId a = pair_of(net, layer(net, x, 4), 0.03, 120);
  const ValueId b = pair_of(net, layer(net, x, 5), 0.02, 125);
  net.exit("final", net.node(OpKind::add, {b, a}));
  const testing::GraphPointer dropped = drop_pairs(*net.build()).value();
  EXPECT_EQ(count_kind(*dropped, OpKind::quantize), 2);
  bool found = false;
  for (const Node& node : dropped->nodes()) {
    found = found || (node.kind == OpKind::quantize && node.attributes.real("scale") == 0.03);
  }
  EXPECT_TRUE(found);
}

TEST(DropPairs, AZeroPointAtTheLowerEndWasARelu) {
  Net net;
  const ValueId x = net.input({kDynamic, 6});
  net.exit("final", net.node(OpKind::sigmoid, {pair_of(net, x, 0.01, 0)}));
  EXPECT_EQ(kinds(*drop_pairs(*net.build()).value()), (Names{"relu", "sigmoid"}));

  Net softmax;  // is never negative
  const ValueId shares = softmax.node(OpKind::softmax, {softmax.input({kDynamic, 6})});
  softmax.exit("final", softmax.node(OpKind::sigmoid, {pair_of(softmax, shares, 0.01, 0)}));
  EXPECT_EQ(kinds(*drop_pairs(*softmax.build()).value()), (Names{"softmax", "sigmoid"}));
}

TEST(DropPairs, KeepsWhatIsReadInEightBits) {
  Net net;
  const ValueId stored =
      net.node(OpKind::quantize, {net.input({kDynamic, 2, 3})}, {{"dtype", std::string("u8")}, {"scale", 0.01}});
  const ValueId flat = net.node(OpKind::flatten, {stored});
  net.exit("final", net.node(OpKind::sigmoid, {net.node(OpKind::dequantize, {flat}, {{"dtype", std::string("f32")}})}));
  EXPECT_EQ(kinds(*drop_pairs(*net.build()).value()), (Names{"quantize", "flatten", "dequantize", "sigmoid"}));
}

TEST(DropPairs, FollowsMovesToALayerBehindThem) {
  Net net;
  const ValueId x = pair_of(net, net.input({kDynamic, 2, 3}), 0.01, 128);
  const ValueId flat = net.node(OpKind::flatten, {x});
  net.exit("final", layer(net, pair_of(net, flat, 0.01, 128), 4));
  EXPECT_EQ(count_kind(*drop_pairs(*net.build()).value(), OpKind::quantize), 2);
}

TEST(DropPairs, KeepsWhatAnAttentionMultipliesAndDropsItsScores) {
  const testing::GraphPointer dropped = drop_pairs(*named_attention()).value();
  for (const char* name : {"q.stored", "k.stored", "v.stored", "seen.stored"}) {
    EXPECT_NE(find_node(*dropped, name), nullptr) << name;
  }
  EXPECT_EQ(count_kind(*dropped, OpKind::quantize), 6);  // and the inputs of the layers
  EXPECT_EQ(find_node(*drop_pairs(*named_attention({.rounds_values = false})).value(), "q.stored"), nullptr);
}

}  // namespace
}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
#include "transform/eight_bit.h"

#include <gtest/gtest.h>

#include <cmath>

#include "support/graph_checks.h"
#include "support/sample_graphs.h"
#include "transform/pass.h"

namespace rheo {
namespace {

using testing::find_node;
using testing::Net;

GraphPointer optimised_graph() { return optimize(testing::three_exit_graph()).value(); }

ValueId result_of(const Graph& graph, const char* name) {
  const Node* node = find_node(graph, name);
  EXPECT_NE(node, nullptr) << name;
  return node == nullptr ? graph.inputs()[0].value : node->outputs[0];
}

TEST(EightBit, WantsFollowTheReaders) {
  const GraphPointer graph = optimised_graph();
  const std::vector<Want> wanted = wanted_8_bit(*graph);
  EXPECT_EQ(wanted[graph->inputs()[0].value], Want::needed);
  EXPECT_EQ(wanted[result_of(*graph, "stem.relu")], Want::needed);
  EXPECT_EQ(wanted[result_of(*graph, "coarse.pool")], Want::needed);
  EXPECT_EQ(wanted[result_of(*graph, "last.relu2")], Want::if_made);  // read by a pool alone
  EXPECT_EQ(wanted[result_of(*graph, "fine_down")], Want::if_made);   // a residual
  EXPECT_EQ(wanted[result_of(*graph, "final.pool")], Want::none);
  EXPECT_EQ(wanted[result_of(*graph, "final.linear")], Want::none);
}

TEST(EightBit, SmallLinearLayersAndComputedWeightsStayF32) {
  Net net;
  const ValueId image = net.input({kDynamic, 256});
  const ValueId wide = net.linear(image, 256, "wide");
  net.exit("exit1", net.linear(wide, 8, "small"));
  const ValueId computed = net.node(OpKind::relu, {net.node(OpKind::reshape, {net.input({8, 256}, "weights")},
                                                            {{"shape", std::vector<std::int64_t>{8, 256}}})});
  net.exit("final", net.node(OpKind::linear, {wide, computed}, {}, "computed"));
  const GraphPointer graph = net.build();
  EXPECT_TRUE(computes_8_bit(*graph, *find_node(*graph, "wide")));
  EXPECT_FALSE(computes_8_bit(*graph, *find_node(*graph, "small")));
  EXPECT_FALSE(computes_8_bit(*graph, *find_node(*graph, "computed")));
}

TEST(EightBit, SignComesFromTheOpNotFromThePictures) {
  const GraphPointer graph = optimised_graph();
  Ranges ranges;
  for (const Value& value : graph->values()) ranges[value.name] = {0, 2};
  ranges["fine_down"] = {-0.54F, 2.01F};
  const EightBitType relu = eight_bit_type(*graph, result_of(*graph, "stem.relu"), ranges).value();
  EXPECT_EQ(relu.zero_point, 0);
  EXPECT_FLOAT_EQ(relu.scale, 2.0F / 255);
  const EightBitType plain = eight_bit_type(*graph, result_of(*graph, "fine_down"), ranges).value();
  EXPECT_EQ(plain.zero_point, 54);
  EXPECT_FLOAT_EQ(plain.scale, 0.01F);
  const EightBitType pool = eight_bit_type(*graph, result_of(*graph, "coarse.pool"), ranges).value();
  EXPECT_EQ(pool.zero_point, 0);
}

TEST(EightBit, ARangeIsWidenedToHoldZero) {
  const GraphPointer graph = optimised_graph();
  const auto type = [&](float low, float high) {
    return eight_bit_type(*graph, result_of(*graph, "fine_down"), {{"fine_down", {low, high}}}).value();
  };
  EXPECT_EQ(type(0.5F, 2.55F).zero_point, 0);
  EXPECT_FLOAT_EQ(type(0.5F, 2.55F).scale, 0.01F);
  EXPECT_EQ(type(-2.55F, -1).zero_point, 255);
  EXPECT_FLOAT_EQ(type(-2.55F, -1).scale, 0.01F);
  EXPECT_EQ(type(-3e38F, 3e38F).zero_point, 128);
  EXPECT_TRUE(std::isfinite(type(-3e38F, 3e38F).scale));
}

TEST(EightBit, UnknownRangesComeFromTheMovedValueOrAreAnError) {
  const GraphPointer graph = optimised_graph();
  const ValueId pool = result_of(*graph, "coarse.pool");
  const Ranges source{{"stem.relu", {0, 2.55F}}};
  EXPECT_FLOAT_EQ(eight_bit_type(*graph, pool, source).value().scale, 0.01F);
  const Status missing = eight_bit_type(*graph, pool, {}).status();
  EXPECT_EQ(missing.code(), StatusCode::not_found);
  EXPECT_NE(missing.message().find("coarse.pool"), std::string::npos);
  const Ranges reversed{{"coarse.pool", {2, 1}}};
  EXPECT_EQ(eight_bit_type(*graph, pool, reversed).status().code(), StatusCode::invalid_argument);
  const Ranges open{{"coarse.pool", {0, INFINITY}}};
  EXPECT_EQ(eight_bit_type(*graph, pool, open).status().code(), StatusCode::invalid_argument);
}

TEST(EightBit, AValueThatWasAlwaysZeroHasAPositiveScale) {
  const GraphPointer graph = optimised_graph();
  const Ranges zero{{"stem.relu", {0, 0}}};
  EXPECT_EQ(eight_bit_type(*graph, result_of(*graph, "stem.relu"), zero).value().scale, 1);
}

EightBitType input_type(Preprocessing preprocessing, ValueRange range) {
  GraphBuilder builder;
  const std::vector<ValueId> image{builder.add_input("image", {DType::f32, {kDynamic, 4}, {}}, preprocessing).value()};
  EXPECT_TRUE(builder.add_exit("final", builder.add_node(OpKind::relu, image).value()).ok());
  const GraphPointer graph = builder.build().value();
  return eight_bit_type(*graph, graph->inputs()[0].value, {{"image", range}}).value();
}

TEST(EightBit, BytesKeepTheirOwnStep) {
  const float step = 1.0F / 255;
  EXPECT_EQ(input_type({}, {0, 1}).scale, step);
  EXPECT_EQ(input_type({.scale = 1.0 / 255, .offset = 0}, {0, 0.9F}).scale, step);  // no white pixel was seen
  EXPECT_EQ(input_type({.scale = 1, .offset = 0}, {0, 254}).scale, 1);
  EXPECT_EQ(input_type({.scale = 1.0 / 255, .offset = 0}, {0, 1}).zero_point, 0);
  EXPECT_EQ(input_type({.scale = 2.0 / 255, .offset = -1}, {-1.02F, 1.53F}).zero_point, 102);
  EXPECT_FLOAT_EQ(input_type({.scale = 2.0 / 255, .offset = -1}, {-1.02F, 1.53F}).scale, 0.01F);
}

TEST(EightBit, MovesKeepTheTypeUnlessTheyLeaveTheRangeOrReadAConstant) {
  using List = std::vector<std::int64_t>;
  Net net;
  const ValueId image = net.input({kDynamic, 4, 4, 4});
  const ValueId places = net.builder().add_constant("places", Tensor::of<std::int64_t>({1, 0}, {2}).value()).value();
  const ValueId table = net.constant({4, 4}, "table");
  const List pads{0, 0, 1, 1, 0, 0, 1, 1};
  const List twice{8, 8};
  struct Case {
    const char* name;
    ValueId value;
    bool keeps;
  };
  const Case cases[] = {
      {"gather", net.node(OpKind::gather, {image, places}, {{"axis", 1}}, "gather"), true},
      {"lookup", net.node(OpKind::gather, {table, places}, {}, "lookup"), false},
      {"pad", net.node(OpKind::pad, {image}, {{"pads", pads}}, "pad"), true},
      {"ones", net.node(OpKind::pad, {image}, {{"pads", pads}, {"value", 1}}, "ones"), false},
      {"linear", net.node(OpKind::resize, {image}, {{"sizes", twice}, {"mode", "linear"}}, "linear"), true},
      {"cubic", net.node(OpKind::resize, {image}, {{"sizes", twice}, {"mode", "cubic"}}, "cubic"), false},
      {"shuffle", net.node(OpKind::depth_to_space, {image}, {{"block", 2}}, "shuffle"), true},
      {"sum", net.node(OpKind::reduce_sum, {image}, {{"axes", List{1}}}, "sum"), false},
  };
  net.exit("final", image);
  const GraphPointer graph = net.builder().build(Unneeded::keep).value();
  std::size_t seen = 0;
  for (const Node& node : graph->nodes()) {
    for (const Case& c : cases) {
      if (node.name != c.name) continue;
      EXPECT_EQ(keeps_type(*graph, node), c.keeps) << c.name;
      ++seen;
    }
  }
  EXPECT_EQ(seen, std::size(cases));
}

}  // namespace
}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/graph_checks.h"
#include "support/sample_graphs.h"
#include "transform/pass.h"

namespace rheo {
namespace {

using testing::kinds;
using testing::Net;
using testing::random_tensor;
using Names = std::vector<std::string>;
using List = std::vector<std::int64_t>;

const std::vector<Tensor> kPictures{random_tensor({2, 3, 6, 6}, 3, -8, 8)};

// Builds input -> node, simplifies, compares, and returns the ops that are left.
Names simplified(OpKind kind, Attributes attributes) {
  Net net;
  net.exit("final", net.node(kind, {net.input({kDynamic, 3, 6, 6})}, std::move(attributes), "node"));
  const GraphPointer graph = net.build();
  const GraphPointer simple = simplify(*graph).value();
  EXPECT_TRUE(testing::same_answers(*graph, *simple, kPictures, 1e-6));
  EXPECT_EQ(simple->value(simple->exits()[0].value).name, "node");
  return kinds(*simple);
}

TEST(Simplify, PoolsOverTheWholePictureAreGlobal) {
  EXPECT_EQ(simplified(OpKind::adaptive_avg_pool2d, {{"output_size", List{1, 1}}}), Names{"global_avg_pool"});
  EXPECT_EQ(simplified(OpKind::adaptive_avg_pool2d, {{"output_size", List{2, 1}}}), Names{"adaptive_avg_pool2d"});
  EXPECT_EQ(simplified(OpKind::avg_pool2d, {{"kernel", List{6, 6}}}), Names{"global_avg_pool"});
  EXPECT_EQ(simplified(OpKind::avg_pool2d, {{"kernel", List{6, 3}}}), Names{"avg_pool2d"});
  EXPECT_EQ(
      simplified(OpKind::avg_pool2d, {{"kernel", List{6, 6}}, {"pads", List{1, 1, 1, 1}}, {"strides", List{9, 9}}}),
      Names{"avg_pool2d"});
}

TEST(Simplify, MeansOverHeightAndWidthArePools) {
  EXPECT_EQ(simplified(OpKind::mean, {{"axes", List{2, 3}}, {"keep_dims", 1}}), Names{"global_avg_pool"});
  EXPECT_EQ(simplified(OpKind::mean, {{"axes", List{-1, -2}}}), (Names{"global_avg_pool", "flatten"}));
  EXPECT_EQ(simplified(OpKind::mean, {{"axes", List{1, 2, 3}}}), Names{"mean"});
  EXPECT_EQ(simplified(OpKind::mean, {{"axes", List{3}}}), Names{"mean"});
}

TEST(Simplify, ClampsThatAreRelusBecomeRelus) {
  EXPECT_EQ(simplified(OpKind::clamp, {{"min", 0}}), Names{"relu"});
  EXPECT_EQ(simplified(OpKind::clamp, {{"min", 0.0}, {"max", 6.0}}), Names{"relu6"});
  EXPECT_EQ(simplified(OpKind::clamp, {{"min", 0.0}, {"max", 5.0}}), Names{"clamp"});
  EXPECT_EQ(simplified(OpKind::clamp, {{"min", -1.0}}), Names{"clamp"});
}

TEST(Simplify, ReshapesThatChangeNothingGo) {
  Net net;
  const ValueId image = net.input({kDynamic, 3, 6, 6});
  const ValueId same = net.node(OpKind::reshape, {image}, {{"shape", List{0, 3, 6, 6}}}, "same");
  const ValueId flat = net.node(OpKind::flatten, {same}, {{"start", 1}}, "flat");
  const ValueId again = net.node(OpKind::flatten, {flat}, {{"start", 1}}, "again");
  net.exit("final", net.linear(again, 4, "out"));
  const GraphPointer graph = net.build();
  const GraphPointer simple = simplify(*graph).value();
  EXPECT_EQ(kinds(*simple), (Names{"flatten", "linear"}));
  EXPECT_TRUE(testing::same_answers(*graph, *simple, kPictures, 0));
}

TEST(Simplify, AnExitKeepsItsValue) {
  Net net;
  const ValueId act = net.node(OpKind::relu, {net.input({kDynamic, 3})}, {}, "act");
  net.exit("final", net.node(OpKind::reshape, {act}, {{"shape", List{0, 3}}}, "same"));
  const GraphPointer simple = simplify(*net.build()).value();
  EXPECT_EQ(simple->value(simple->exits()[0].value).name, "same");
}

TEST(Simplify, AMatmulByAConstantMatrixIsLinear) {
  Net net;
  const ValueId image = net.input({kDynamic, 5, 7});
  net.exit("final", net.node(OpKind::matmul, {image, net.constant({7, 4}, "m")}, {}, "out"));
  const GraphPointer graph = net.build();
  const GraphPointer simple = simplify(*graph).value();
  EXPECT_EQ(kinds(*simple), Names{"linear"});
  const std::vector<Tensor> inputs{random_tensor({2, 5, 7}, 4)};
  EXPECT_TRUE(testing::same_answers(*graph, *simple, inputs, 1e-6));
}

TEST(Simplify, AClampOfIntegersIsNoRelu) {
  Net net;
  const ValueId whole = net.node(OpKind::cast, {net.input({kDynamic, 3, 6, 6})}, {{"dtype", "i64"}});
  net.exit("final", net.node(OpKind::cast, {net.node(OpKind::clamp, {whole}, {{"min", 0}})}, {{"dtype", "f32"}}));
  const GraphPointer graph = net.build();
  const GraphPointer simple = simplify(*graph).value();
  EXPECT_EQ(kinds(*simple), (Names{"cast", "clamp", "cast"}));
  EXPECT_TRUE(testing::same_answers(*graph, *simple, kPictures, 0));
}

TEST(Simplify, MovesThatMoveNothingGo) {
  const auto left = [](OpKind kind, Attributes attributes) {
    Net net;
    const ValueId node = net.node(kind, {net.input({kDynamic, 3, 6, 6})}, std::move(attributes), "node");
    net.exit("final", net.node(OpKind::relu, {node}, {}, "relu"));
    const GraphPointer graph = net.build();
    const GraphPointer simple = simplify(*graph).value();
    EXPECT_TRUE(testing::same_answers(*graph, *simple, kPictures, 0));
    return kinds(*simple);
  };
  const Names relu{"relu"};
  EXPECT_EQ(left(OpKind::expand, {{"shape", List{3, 1, 6}}}), relu);
  EXPECT_EQ(left(OpKind::tile, {{"repeats", List{1, 1, 1, 1}}}), relu);
  EXPECT_EQ(left(OpKind::slice, {{"axis", 2}, {"end", 6}}), relu);
  EXPECT_EQ(left(OpKind::slice, {{"axis", 2}, {"step", -1}}), (Names{"slice", "relu"}));
  EXPECT_EQ(left(OpKind::pad, {{"pads", List(8, 0)}}), relu);
  EXPECT_EQ(left(OpKind::pad, {{"pads", List{0, 0, 1, 0, 0, 0, -1, 0}}}), (Names{"pad", "relu"}));
}

}  // namespace
}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
#include "adapt/candidates.h"

#include <gtest/gtest.h>

#include <set>

#include "support/sample_graphs.h"

namespace rheo {
namespace {

using testing::GraphPointer;
using testing::Net;

// [?, 3, side, side] -> `exits` answers of 5 classes after a pool over the whole picture.
GraphPointer convolutional(std::int64_t side, int exits = 1) {
  Net net(2);
  ValueId x = net.input({kDynamic, 3, side, side});
  for (int exit = 0; exit < exits; ++exit) {
    x = net.conv(x, 3, 3);
    const ValueId flat = net.node(OpKind::flatten, {net.node(OpKind::global_avg_pool, {x})});
    net.exit("exit" + std::to_string(exit), net.linear(flat, 5));
  }
  return net.build();
}

GraphPointer over_all_pixels(std::int64_t side) {
  Net net(2);
  net.exit("final", net.linear(net.node(OpKind::flatten, {net.input({kDynamic, 3, side, side})}), 5));
  return net.build();
}

std::set<std::string> names_of(const Result<Candidates>& candidates) {
  EXPECT_TRUE(candidates.ok()) << candidates.status().message();
  std::set<std::string> names;
  if (!candidates.ok()) return names;
  for (const Path& plan : candidates->plans) names.insert(plan.plan_name());
  EXPECT_EQ(names.size(), candidates->plans.size()) << "a plan is there twice";
  return names;
}

using Names = std::set<std::string>;

TEST(UsualResolutions, AreMultiplesOf32BelowTheOwn) {
  EXPECT_EQ(usual_resolutions({224, 224}), (std::vector<Resolution>{{192, 192}, {160, 160}, {128, 128}}));
  EXPECT_EQ(usual_resolutions({240, 240}), (std::vector<Resolution>{{192, 192}, {160, 160}, {128, 128}}));
  EXPECT_EQ(usual_resolutions({224, 448}).front(), (Resolution{192, 384}));
  EXPECT_TRUE(usual_resolutions({28, 28}).empty());
  EXPECT_TRUE(usual_resolutions({127, 500}).empty());
  for (int side = 128; side <= 600; side += 11) {
    for (const Resolution size : usual_resolutions({side, side})) {
      EXPECT_LT(size.height, side);
      EXPECT_GE(4 * size.height, side);
      EXPECT_EQ(size.height % 32, 0);
    }
  }
}

TEST(CandidatePlans, OneModelOnSmallPicturesHasItsPrecisions) {
  const Variant only{.graph = convolutional(28)};
  EXPECT_EQ(names_of(candidate_plans(std::span(&only, 1), {})), (Names{"f32", "bf16", "int8", "mixed"}));
  AdaptOptions options;
  options.precisions = {Precision::int8, Precision::int8};
  EXPECT_EQ(names_of(candidate_plans(std::span(&only, 1), options)), (Names{"f32", "int8"}));
}

TEST(CandidatePlans, PhotographsAreTriedSmallerInTheNarrowPrecisions) {
  const Variant only{.graph = convolutional(224)};
  EXPECT_EQ(
      names_of(candidate_plans(std::span(&only, 1), {})),
      (Names{"f32", "bf16", "int8", "mixed", "bf16@192", "int8@192", "bf16@160", "int8@160", "bf16@128", "int8@128"}));
  AdaptOptions plain;
  plain.precisions = {Precision::f32};
  EXPECT_EQ(names_of(candidate_plans(std::span(&only, 1), plain)), (Names{"f32", "f32@192", "f32@160", "f32@128"}));
  plain.resolutions.emplace();
  EXPECT_EQ(names_of(candidate_plans(std::span(&only, 1), plain)), (Names{"f32"}));
}

TEST(CandidatePlans, WhatWasNotAskedForIsLeftOutWithAReason) {
  const Variant fixed{.graph = over_all_pixels(224)};
  const Result<Candidates> candidates = candidate_plans(std::span(&fixed, 1), {});
  EXPECT_EQ(names_of(candidates), (Names{"f32", "bf16", "int8", "mixed"}));
  ASSERT_EQ(candidates->refused.size(), 1U);
  EXPECT_EQ(candidates->refused[0].path, "bf16@192");
  EXPECT_NE(candidates->refused[0].reason.find("its own size"), std::string::npos) << candidates->refused[0].reason;
}

TEST(CandidatePlans, WhatWasAskedForIsAnErrorWhereItCannotBe) {
  AdaptOptions options;
  options.resolutions = {{160, 160}};
  const Variant fixed{.graph = over_all_pixels(224)};
  EXPECT_EQ(candidate_plans(std::span(&fixed, 1), options).status().code(), StatusCode::unsupported);
  const Variant whole{.graph = convolutional(224)};
  EXPECT_TRUE(names_of(candidate_plans(std::span(&whole, 1), options)).contains("int8@160"));
  for (const Resolution size :
       {Resolution{224, 224}, Resolution{256, 256}, Resolution{160, 225}, Resolution{40, 160}}) {
    options.resolutions = {size};
    const Status status = candidate_plans(std::span(&whole, 1), options).status();
    EXPECT_EQ(status.code(), StatusCode::invalid_argument) << size.to_string();
    EXPECT_NE(status.message().find(size.to_string()), std::string::npos) << status.message();
  }
  const Variant words{.graph = testing::encoder_graph()};
  options.resolutions = {{8, 8}};
  EXPECT_EQ(candidate_plans(std::span(&words, 1), options).status().code(), StatusCode::unsupported);
}

TEST(CandidatePlans, ASmallModelIsTriedOnSizesBelowItsOwn) {
  const Variant two[] = {{.name = "a", .graph = convolutional(160)}, {.name = "b", .graph = convolutional(224)}};
  AdaptOptions options;
  options.precisions = {Precision::int8};
  options.resolutions = {{192, 192}, {128, 128}, {128, 128}};
  EXPECT_EQ(names_of(candidate_plans(two, options)),
            (Names{"a:f32", "a:int8", "b:f32", "b:int8", "a:int8@128", "b:int8@128", "b:int8@192"}));
}

TEST(CandidatePlans, AreNoMorePathsThanALadderHolds) {
  const Variant many{.graph = convolutional(224, 7)};
  const Result<Candidates> usual = candidate_plans(std::span(&many, 1), {});
  EXPECT_EQ(names_of(usual), (Names{"f32", "bf16", "int8", "mixed"})) << "7 exits in 6 plans would be 42 paths";
  EXPECT_EQ(path_count(std::span(&many, 1), usual->plans), 28U);
  AdaptOptions options;
  options.resolutions = {{160, 160}};
  options.precisions = {Precision::bf16, Precision::int8};
  EXPECT_EQ(candidate_plans(std::span(&many, 1), options).status().code(), StatusCode::limit_exceeded);
  const Variant more{.graph = convolutional(28, 11)};
  EXPECT_EQ(candidate_plans(std::span(&more, 1), {}).status().code(), StatusCode::limit_exceeded);
}

}  // namespace
}  // namespace rheo

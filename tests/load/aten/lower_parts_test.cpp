// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "load/aten/lowering_sample.h"

namespace rheo::aten {
namespace {

TEST(AtenParts, CutsBehindTheBatch) {
  EXPECT_EQ(
      one_aten("aten.select.int", {{"self", {kDynamic, 4, 6}}}, {{"dim", number(1)}, {"index", number(-1)}}).shape(),
      (Shape{kDynamic, 6}));
  EXPECT_EQ(
      one_aten("aten.slice.Tensor", {{"self", {kDynamic, 4}}}, {{"dim", number(1)}, {"start", number(-3)}}).shape(),
      (Shape{kDynamic, 3}));
  EXPECT_EQ(one_aten("aten.slice.Tensor", {{"self", {kDynamic, 4}}}).ops(), Ops{"reshape"});  // all of it
  EXPECT_EQ(one_aten("aten.select.int", {{"self", {kDynamic, 4}}}, {{"dim", number(0)}, {"index", number(0)}})
                .refusal()
                .code(),
            StatusCode::unsupported);
}

AtenSample split(const char* target, testing::AtenArguments more, std::vector<std::string> outputs) {
  AtenSample sample;
  sample.input("x", DType::f32, {kDynamic, 7});
  more.emplace_back("self", value_named("x"));
  more.emplace_back("dim", number(1));
  sample.node(target, std::move(more), outputs);
  for (const std::string& output : outputs) sample.output(output);
  return sample;
}

TEST(AtenParts, SplitsIntoAllOutputs) {
  const auto graph = split("aten.split.Tensor", {{"split_size", number(3)}}, {"a", "b", "c"}).graph();
  EXPECT_EQ(graph->value(graph->outputs()[1].value).type.shape, (Shape{kDynamic, 1}));
  EXPECT_TRUE(split("aten.chunk.default", {{"chunks", number(2)}}, {"a", "b"}).refusal().ok());
  EXPECT_TRUE(split("aten.split_with_sizes.default", {{"split_sizes", numbers({3, 4})}}, {"a", "b"}).refusal().ok());
}

TEST(AtenParts, RefusesPartsThatAreNotThere) {
  EXPECT_FALSE(split("aten.split.Tensor", {{"split_size", number(0)}}, {"a"}).refusal().ok());
  EXPECT_FALSE(split("aten.split.Tensor", {{"split_size", number(3)}}, {"a", "b"}).refusal().ok());
  EXPECT_FALSE(split("aten.split_with_sizes.default", {{"split_sizes", numbers({8})}}, {"a"}).refusal().ok());
  EXPECT_FALSE(split("aten.chunk.default", {{"chunks", number(std::int64_t{1} << 40)}}, {"a"}).refusal().ok());
  EXPECT_FALSE(split("aten.unbind.int", {}, {"a", "b"}).refusal().ok());
  EXPECT_FALSE(one_aten("aten.narrow.default", {{"self", {4}}},
                        {{"dim", number(0)}, {"start", number(3)}, {"length", number(2)}})
                   .refusal()
                   .ok());
  EXPECT_FALSE(one_aten("aten.cat.default", {}, {{"tensors", values_named({})}}).refusal().ok());
  EXPECT_FALSE(one_aten("aten.pad.default", {{"self", {4}}}, {{"pad", numbers({1, 1, 1, 1})}}).refusal().ok());
  EXPECT_FALSE(one_aten("aten.pixel_unshuffle.default", {{"self", {1, 1, 3, 4}}}, {{"downscale_factor", number(2)}})
                   .refusal()
                   .ok());
}

}  // namespace
}  // namespace rheo::aten

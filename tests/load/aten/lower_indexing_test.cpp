// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "load/aten/lowering_sample.h"

namespace rheo::aten {
namespace {

AtenSample indexed(std::vector<std::string> indices, DType dtype = DType::i64) {
  AtenSample sample;
  sample.input("x", DType::f32, {4, 5, 6}).input("i", dtype, {kDynamic, 2}).input("j", dtype, {kDynamic, 2});
  sample.node("aten.index.Tensor", {{"self", value_named("x")}, {"indices", values_named(std::move(indices))}});
  return sample.output("y");
}

TEST(AtenIndexing, TakesIndicesOfDimensionsBesideEachOther) {
  EXPECT_EQ(indexed({"i"}).shape(), (Shape{kDynamic, 2, 5, 6}));
  EXPECT_EQ(indexed({"i", "j"}).shape(), (Shape{kDynamic, 2, 6}));
}

TEST(AtenIndexing, RefusesTheRest) {
  EXPECT_FALSE(indexed({"i", "", "j"}).refusal().ok());
  EXPECT_FALSE(indexed({"", "i", "j"}).refusal().ok());
  EXPECT_FALSE(indexed({"", ""}).refusal().ok());
  EXPECT_FALSE(indexed({"i"}, DType::boolean).refusal().ok());
  EXPECT_FALSE(one_aten("aten.one_hot.default", {{"self", {2}}}).refusal().ok());
}

}  // namespace
}  // namespace rheo::aten

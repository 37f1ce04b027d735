// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "load/aten/lowering_sample.h"

namespace rheo::aten {
namespace {

TEST(AtenReduction, ReducesBehindTheBatch) {
  EXPECT_EQ(one_aten("aten.mean.dim", {{"self", {kDynamic, 4, 6}}}, {{"dim", numbers({-1, 1})}}).shape(),
            (Shape{kDynamic}));
  EXPECT_EQ(
      one_aten("aten.sum.dim_IntList", {{"self", {kDynamic, 4}}}, {{"dim", numbers({1})}, {"keepdim", truth(true)}})
          .shape(),
      (Shape{kDynamic, 1}));
  EXPECT_EQ(one_aten("aten.mean.default", {{"self", {kDynamic, 4}}}).refusal().code(), StatusCode::unsupported);
  EXPECT_EQ(one_aten("aten.var.correction", {{"self", {kDynamic, 4}}}).refusal().code(), StatusCode::unsupported);
}

TEST(AtenReduction, SumsWholeNumbersIn64Bits) {
  AtenSample sample;
  sample.input("x", DType::i32, {2, 2});
  sample.node("aten.sum.dim_IntList", {{"self", value_named("x")}, {"dim", numbers({1})}}).output("y");
  EXPECT_EQ(sample.answers({testing::tensor_of(DType::i32, {2, 2}, {1, 2, 3, 4})})[0].dtype(), DType::i64);
}

TEST(AtenReduction, RefusesOddNorms) {
  EXPECT_FALSE(one_aten("aten.linalg_vector_norm.default", {{"self", {4}}}, {{"ord", real(3)}}).refusal().ok());
  EXPECT_FALSE(one_aten("aten.argmax.default", {{"self", {kDynamic, 4}}}).refusal().ok());
  EXPECT_FALSE(one_aten("aten.sort.default", {{"self", {kDynamic, 4}}}, {{"dim", number(0)}}).refusal().ok());
  EXPECT_FALSE(one_aten("aten.topk.default", {{"self", {2, 4}}}, {{"k", number(5)}}).refusal().ok());
}

}  // namespace
}  // namespace rheo::aten

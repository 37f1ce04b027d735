// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "load/aten/lowering_sample.h"

namespace rheo::aten {
namespace {

TEST(AtenArithmetic, ASquareIsAProduct) {
  EXPECT_EQ(one_aten("aten.pow.Tensor_Scalar", {{"self", {2}}}, {{"exponent", number(2)}}).ops(), Ops{"mul"});
  EXPECT_EQ(one_aten("aten.pow.Tensor_Scalar", {{"self", {2}}}, {{"exponent", real(0.5)}}).ops(), Ops{"sqrt"});
  EXPECT_EQ(one_aten("aten.pow.Tensor_Scalar", {{"self", {2}}}, {{"exponent", real(3)}}).ops(), Ops{"pow"});
}

TEST(AtenArithmetic, WholeNumbersAreDividedDownwards) {
  AtenSample sample;
  sample.input("x", DType::i64, {4});
  sample.node("aten.floor_divide.default", {{"self", value_named("x")}, {"other", number(3)}}).output("y");
  EXPECT_TRUE(testing::is_identical(sample.answers({testing::tensor_of(DType::i64, {4}, {7, -7, 6, -1})})[0],
                                    testing::tensor_of(DType::i64, {4}, {2, -3, 2, -1})));
}

TEST(AtenArithmetic, KeepsTheBatchOpen) {
  EXPECT_EQ(one_aten("aten.add.Tensor", {{"self", {kDynamic, 3}}, {"other", {kDynamic, 1}}}).shape(),
            (Shape{kDynamic, 3}));
}

TEST(AtenArithmetic, RefusesOddOnes) {
  EXPECT_FALSE(one_aten("aten.div.Tensor_mode", {{"self", {2}}}, {{"other", number(2)}, {"rounding_mode", text("up")}})
                   .refusal()
                   .ok());
  EXPECT_FALSE(one_aten("aten.bitwise_and.Tensor", {{"self", {2}}, {"other", {2}}}).refusal().ok());
  EXPECT_FALSE(one_aten("aten.add.Tensor", {{"self", {2}}}, {{"other", text("x")}}).refusal().ok());
  EXPECT_FALSE(one_aten("aten.add.Tensor", {{"self", {2}}, {"other", {3}}}).refusal().ok());
}

}  // namespace
}  // namespace rheo::aten

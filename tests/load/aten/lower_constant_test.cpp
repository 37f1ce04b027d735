// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "load/aten/lowering_sample.h"

namespace rheo::aten {
namespace {

TEST(AtenConstant, CountsInTheTypeOfItsNumbers) {
  const auto counted = [](Argument end, testing::AtenArguments more = {}) {
    more.emplace_back("end", std::move(end));
    AtenSample sample;
    sample.input("unread", DType::f32, {1});
    return sample.node("aten.arange.default", std::move(more)).output("y");
  };
  EXPECT_TRUE(testing::is_identical(counted(number(3)).answers({testing::f32_of({1}, {0})})[0],
                                    testing::tensor_of(DType::i64, {3}, {0, 1, 2})));
  EXPECT_TRUE(
      testing::is_identical(counted(real(1.5)).answers({testing::f32_of({1}, {0})})[0], testing::f32_of({2}, {0, 1})));
  EXPECT_TRUE(
      testing::is_identical(counted(number(2), {{"dtype", text("f32")}}).answers({testing::f32_of({1}, {0})})[0],
                            testing::f32_of({2}, {0, 1})));
}

TEST(AtenConstant, RefusesMoreThanMemory) {
  AtenSample sample;
  sample.node("aten.zeros.default", {{"size", numbers({std::int64_t{1} << 31, std::int64_t{1} << 31})}}).output("y");
  EXPECT_EQ(sample.refusal().code(), StatusCode::limit_exceeded);
  AtenSample negative;
  EXPECT_EQ(negative.node("aten.zeros.default", {{"size", numbers({-1})}}).output("y").refusal().code(),
            StatusCode::unsupported);
}

TEST(AtenConstant, RefusesDropoutInTraining) {
  EXPECT_TRUE(
      one_aten("aten.dropout.default", {{"input", {2}}}, {{"p", real(0.5)}, {"train", truth(false)}}).refusal().ok());
  EXPECT_FALSE(
      one_aten("aten.dropout.default", {{"input", {2}}}, {{"p", real(0.5)}, {"train", truth(true)}}).refusal().ok());
}

TEST(AtenConstant, CastsToTheTypeOfAnother) {
  AtenSample sample;
  sample.input("x", DType::i64, {2}).input("o", DType::f32, {2});
  sample.node("aten.type_as.default", {{"self", value_named("x")}, {"other", value_named("o")}}).output("y");
  EXPECT_EQ(sample.ops(), Ops{"cast"});
}

}  // namespace
}  // namespace rheo::aten

// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "load/aten/lowering_sample.h"

namespace rheo::aten {
namespace {

TEST(AtenElementwise, AClampAtZeroIsARelu) {
  EXPECT_EQ(one_aten("aten.clamp_min.default", {{"self", {2}}}, {{"min", number(0)}}).ops(), Ops{"relu"});
  EXPECT_EQ(one_aten("aten.hardtanh.default", {{"self", {2}}}, {{"min_val", real(0)}, {"max_val", real(6)}}).ops(),
            Ops{"relu6"});
  EXPECT_EQ(one_aten("aten.clamp.default", {{"self", {2}}}, {{"max", real(2)}}).ops(), Ops{"clamp"});
}

TEST(AtenElementwise, WholeNumbersNeedNoRounding) {
  AtenSample sample;
  sample.input("x", DType::i64, {2}).node("aten.floor.default", {{"self", value_named("x")}}).output("y");
  EXPECT_EQ(sample.ops(), Ops{"reshape"});  // an output of its own
}

TEST(AtenElementwise, RefusesWhatOnlyTrainingDoes) {
  EXPECT_FALSE(one_aten("aten.rrelu.default", {{"self", {2}}}, {{"training", truth(true)}}).refusal().ok());
  EXPECT_FALSE(one_aten("aten.softplus.default", {{"self", {2}}}, {{"threshold", number(1)}}).refusal().ok());
  EXPECT_FALSE(one_aten("aten.elu.default", {{"self", {2}}}, {{"scale", real(2)}}).refusal().ok());
  EXPECT_FALSE(one_aten("aten.bitwise_not.default", {{"self", {2}}}).refusal().ok());
  EXPECT_FALSE(one_aten("aten.glu.default", {{"self", {2, 3}}}).refusal().ok());
}

}  // namespace
}  // namespace rheo::aten

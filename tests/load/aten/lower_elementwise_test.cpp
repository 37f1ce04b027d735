// SPDX-License-Identifier: Apache-2.0
// What each operator computes is tested by tests/golden/export_import_test.cpp against PyTorch; here stand an open
// batch, the ops that are chosen, and refusals.
#include <gtest/gtest.h>

#include "support/aten_sample.h"
#include "support/tensors.h"

namespace rheo::aten {
namespace {

using testing::AtenSample;
using testing::number;
using testing::numbers;
using testing::one_aten;
using testing::real;
using testing::text;
using testing::truth;
using testing::value_named;
using testing::values_named;
using Ops = std::vector<std::string>;

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

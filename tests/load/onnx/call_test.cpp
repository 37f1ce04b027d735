// SPDX-License-Identifier: Apache-2.0
#include "load/onnx/call.h"

#include <gtest/gtest.h>

#include "load/onnx/lowering_sample.h"

namespace rheo::onnx {
namespace {

using testing::integer_attribute;
using testing::one_operator;
using testing::OnnxSample;

TEST(OnnxCall, SaysWhichInputIsMissing) {
  OnnxSample sample;
  sample.input("x", ElementType::f32, {"2"}).node("Add", {"x"}, {"y"}).output("y");
  EXPECT_EQ(sample.refusal().message(), "Node 'y' (Add) lacks its input 1.");
}

TEST(OnnxCall, RefusesSettingsThatTheModelComputes) {
  OnnxSample sample;
  sample.input("x", ElementType::f32, {"4"}).input("shape", ElementType::i64, {"2"});
  sample.node("Reshape", {"x", "shape"}, {"y"}).output("y");
  EXPECT_NE(sample.refusal().message().find("must be known ahead"), std::string::npos);
}

TEST(OnnxCall, RefusesAnAxisOutsideTheRank) {
  const auto sample = one_operator("Softmax", {{"batch", "3"}}, {testing::integer_attribute("axis", 2)});
  EXPECT_NE(sample.refusal().message().find("axis 2 of a tensor with 2 dimensions"), std::string::npos);
}

TEST(OnnxCall, RefusesAttributesOfAnotherKind) {
  const auto sample = one_operator("Softmax", {{"batch", "3"}}, {testing::real_attribute("axis", 0.0F)});
  EXPECT_EQ(sample.refusal().message(),
            "Node 'y' (Softmax) has the attribute 'axis' with a value of another kind than it takes.");
}

TEST(OnnxCall, RefusesAttributesThatItDoesNotKnow) {
  EXPECT_EQ(one_operator("Relu", {{"batch", "3"}}, {integer_attribute("zzz", 3)}).refusal().message(),
            "Node 'y' (Relu) has the attribute 'zzz', which is not known of this operator in operator set 17.");
  EXPECT_EQ(one_operator("Softmax", {{"batch", "3"}}, {integer_attribute("axis", 1), integer_attribute("newmode", 3)})
                .refusal()
                .code(),
            StatusCode::unsupported);
  OnnxSample old;  // what a newer operator set has dropped
  old.input("x", ElementType::f32, {"2"}).input("z", ElementType::f32, {"2"});
  old.node("Add", {"x", "z"}, {"y"}, {integer_attribute("broadcast", 1)}).output("y");
  EXPECT_EQ(old.refusal().code(), StatusCode::unsupported);
}

TEST(OnnxCall, TakesAttributesThatChangeNothingHere) {
  EXPECT_TRUE(one_operator("Dropout", {{"batch", "3"}}, {integer_attribute("seed", 3)}).refusal().ok());
  const std::vector<Attribute> as_before = {integer_attribute("allowzero", 0)};
  OnnxSample reshape;
  reshape.input("x", ElementType::f32, {"batch", "3"}).integers("shape", {0, 3, 1});
  EXPECT_TRUE(reshape.node("Reshape", {"x", "shape"}, {"y"}, as_before).output("y").refusal().ok());
  OnnxSample scalar;  // nothing to copy, whatever it says of zeros
  scalar.input("x", ElementType::f32, {"1"}).integers("shape", {});
  EXPECT_TRUE(scalar.node("Reshape", {"x", "shape"}, {"y"}, as_before).output("y").refusal({.batch = 1}).ok());
}

TEST(OnnxCall, TakesAttributesThatAReturnAheadOfThemSkips) {
  OnnxSample sample;
  sample.input("x", ElementType::f32, {"batch", "3"}).integers("axes", {});
  sample.node("ReduceSum", {"x", "axes"}, {"y"},
              {integer_attribute("keepdims", 0), integer_attribute("noop_with_empty_axes", 1)});
  EXPECT_TRUE(sample.output("y").refusal().ok());
}

}  // namespace
}  // namespace rheo::onnx

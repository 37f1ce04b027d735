// SPDX-License-Identifier: Apache-2.0
#include "load/onnx/call.h"

#include <gtest/gtest.h>

#include "load/onnx/lowering_sample.h"

namespace rheo::onnx {
namespace {

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

TEST(OnnxCall, IgnoresAttributesOfAnotherKind) {
  const auto sample = one_operator("Softmax", {{"batch", "3"}}, {testing::real_attribute("axis", 0.0F)});
  EXPECT_EQ(sample.graph()->node(0).attributes.integer("axis"), 1);
}

}  // namespace
}  // namespace rheo::onnx

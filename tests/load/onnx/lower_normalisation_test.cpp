// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "load/onnx/lowering_sample.h"

namespace rheo::onnx {
namespace {

using testing::answer_shape;
using testing::f32_of;
using testing::integer_attribute;
using testing::integers_attribute;
using testing::one_operator;
using testing::OnnxSample;
using testing::ops_of;
using Names = std::vector<std::string>;

TEST(OnnxNormalisation, FlattensBeforeOperatorSet13) {
  EXPECT_EQ(ops_of(one_operator("Softmax", {{"batch", "3", "4"}}, {}, 11)), (Names{"reshape", "softmax", "reshape"}));
  EXPECT_EQ(ops_of(one_operator("Softmax", {{"batch", "3", "4"}}, {integer_attribute("axis", 1)}, 13)),
            Names{"softmax"});
  EXPECT_EQ(ops_of(one_operator("LogSoftmax", {{"batch", "3"}}, {}, 11)), Names{"log_softmax"});
}

TEST(OnnxNormalisation, RefusesTraining) {
  const auto sample = one_operator("BatchNormalization", {{"batch", "2", "3"}, {"2"}, {"2"}, {"2"}, {"2"}},
                                   {integer_attribute("training_mode", 1)});
  EXPECT_EQ(sample.refusal().code(), StatusCode::unsupported);
}

TEST(OnnxNormalisation, RefusesNumbersForEveryPlace) {
  const auto sample = [](std::int64_t spatial) {
    return one_operator("BatchNormalization", {{"batch", "2", "3"}, {"2"}, {"2"}, {"2"}, {"2"}},
                        {integer_attribute("spatial", spatial)}, 7);
  };
  EXPECT_EQ(sample(0).refusal().code(), StatusCode::unsupported);
  EXPECT_TRUE(sample(1).refusal().ok());
}

TEST(OnnxNormalisation, RefusesAScaleOfAnotherShape) {
  EXPECT_EQ(one_operator("LayerNormalization", {{"batch", "2", "3"}, {"2", "3"}}).refusal().code(),
            StatusCode::unsupported);
  EXPECT_EQ(ops_of(one_operator("LayerNormalization", {{"batch", "2", "3"}, {"3"}})), Names{"layer_norm"});
}

}  // namespace
}  // namespace rheo::onnx

// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <utility>

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

TEST(OnnxPooling, PoolsGloballyOverAnyRank) {
  EXPECT_EQ(ops_of(one_operator("GlobalAveragePool", {{"batch", "2", "3", "4"}})), Names{"global_avg_pool"});
  EXPECT_EQ(answer_shape(one_operator("GlobalMaxPool", {{"batch", "2", "3"}})), (Shape{kDynamic, 2, 1}));
}

OnnxSample max_pool(std::vector<std::string> outputs) {
  OnnxSample sample;
  sample.input("x", ElementType::f32, {"batch", "1", "4", "4"});
  sample.node("MaxPool", {"x"}, std::move(outputs), {integers_attribute("kernel_shape", {2, 2})}).output("y");
  return sample;
}

TEST(OnnxPooling, RefusesIndicesThatSomebodyWants) {
  EXPECT_EQ(max_pool({"y", "where"}).refusal().code(), StatusCode::unsupported);
  EXPECT_TRUE(max_pool({"y", ""}).refusal().ok());
}

TEST(OnnxPooling, RefusesMoreThanThreeDimensionsAndDilatedAverages) {
  EXPECT_EQ(one_operator("AveragePool", {{"batch", "1", "4", "4", "4", "4"}}).refusal().code(),
            StatusCode::unsupported);
  EXPECT_EQ(one_operator("AveragePool", {{"batch", "1", "4", "4", "4"}},
                         {integers_attribute("kernel_shape", {2, 2, 2}), integers_attribute("dilations", {2, 1, 1})})
                .refusal()
                .code(),
            StatusCode::unsupported);
}

}  // namespace
}  // namespace rheo::onnx

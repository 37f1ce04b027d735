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

TEST(OnnxResize, TakesFactorsOrSizes) {
  OnnxSample factors;
  factors.input("x", ElementType::f32, {"batch", "2", "3", "4"}).constant("scales", f32_of({4}, {1, 1, 2, 3}));
  factors.node("Resize", {"x", "", "scales"}, {"y"}).output("y");
  EXPECT_EQ(answer_shape(factors), (Shape{kDynamic, 2, 6, 12}));
  OnnxSample sizes;
  sizes.input("x", ElementType::f32, {"4", "2", "3", "4"}).integers("sizes", {4, 2, 5, 7});
  sizes.node("Resize", {"x", "", "", "sizes"}, {"y"}).output("y");
  EXPECT_EQ(answer_shape(sizes), (Shape{4, 2, 5, 7}));
}

TEST(OnnxResize, RefusesToChangeChannels) {
  OnnxSample sample;
  sample.input("x", ElementType::f32, {"batch", "2", "3", "4"}).constant("scales", f32_of({4}, {1, 2, 2, 3}));
  sample.node("Resize", {"x", "", "scales"}, {"y"}).output("y");
  EXPECT_EQ(sample.refusal().code(), StatusCode::unsupported);
  EXPECT_EQ(one_operator("Resize", {{"batch", "2", "3", "4"}}).refusal().code(), StatusCode::unsupported);
}

TEST(OnnxResize, StretchesWhereItSaysSo) {
  const auto resized = [](const std::string& policy) {
    OnnxSample sample(18);
    sample.input("x", ElementType::f32, {"batch", "2", "3", "4"}).constant("scales", f32_of({4}, {1, 1, 2, 3}));
    sample.node("Resize", {"x", "", "scales"}, {"y"}, {testing::text_attribute("keep_aspect_ratio_policy", policy)});
    return sample.output("y").refusal().code();
  };
  EXPECT_EQ(resized("stretch"), StatusCode::ok);
  EXPECT_EQ(resized("not_larger"), StatusCode::unsupported);
}

// TensorFlow takes the element whose place is (i + 0.5) / factor, cut to a whole number.
TEST(OnnxResize, TakesTheNeighboursOfTensorFlow) {
  const auto resized = [](const std::string& mode, const std::string& nearest) {
    OnnxSample sample(11);
    sample.input("x", ElementType::f32, {"1", "1", "1", "4"}).constant("scales", f32_of({4}, {1, 1, 1, 0.5}));
    return sample
        .node("Resize", {"x", "", "scales"}, {"y"},
              {testing::text_attribute("mode", mode), testing::text_attribute("nearest_mode", nearest),
               testing::text_attribute("coordinate_transformation_mode", "tf_half_pixel_for_nn")})
        .output("y");
  };
  const Tensor x = f32_of({1, 1, 1, 4}, {10, 20, 30, 40});
  EXPECT_TRUE(testing::is_identical(resized("nearest", "floor").answers({x})[0], f32_of({1, 1, 1, 2}, {20, 40})));
  EXPECT_EQ(resized("nearest", "ceil").refusal().code(), StatusCode::unsupported);
  EXPECT_EQ(resized("linear", "floor").refusal().code(), StatusCode::unsupported);
}

}  // namespace
}  // namespace rheo::onnx

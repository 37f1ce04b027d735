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

TEST(OnnxConvolution, ConvolvesALineAsAPictureOfHeightOne) {
  OnnxSample sample;
  sample.input("x", ElementType::f32, {"batch", "1", "4"}).constant("w", f32_of({1, 1, 2}, {1, 10}));
  sample.node("Conv", {"x", "w"}, {"y"}).output("y");
  EXPECT_TRUE(testing::is_close(sample.answers({f32_of({1, 1, 4}, {1, 2, 3, 4})})[0], f32_of({1, 1, 3}, {21, 32, 43})));
}

TEST(OnnxConvolution, KeepsPadsThatDifferByEdge) {
  OnnxSample sample;
  sample.input("x", ElementType::f32, {"batch", "2", "5", "5"});
  sample.constant("w", testing::random_tensor_of(DType::f32, {3, 2, 3, 3}, 1));
  sample.node("Conv", {"x", "w"}, {"y"}, {integers_attribute("pads", {0, 1, 2, 3})}).output("y");
  EXPECT_EQ(answer_shape(sample), (Shape{kDynamic, 3, 5, 7}));
}

TEST(OnnxConvolution, TransposesToTheShapeThatIsAskedFor) {
  OnnxSample sample;
  sample.input("x", ElementType::f32, {"batch", "2", "3", "3"});
  sample.constant("w", testing::random_tensor_of(DType::f32, {2, 4, 3, 3}, 1));
  sample.node("ConvTranspose", {"x", "w"}, {"y"},
              {integers_attribute("strides", {3, 2}), integers_attribute("output_shape", {10, 8})});
  EXPECT_EQ(answer_shape(sample.output("y")), (Shape{kDynamic, 4, 10, 8}));
}

TEST(OnnxConvolution, RefusesAKernelShapeThatItsWeightsDoNotHave) {
  const Status refused =
      one_operator("Conv", {{"b", "1", "4", "4"}, {"1", "1", "3", "3"}}, {integers_attribute("kernel_shape", {2, 2})})
          .refusal();
  EXPECT_EQ(refused.message(), "Node 'y' (Conv) has kernel_shape = [2, 2] and weights of [3, 3].");
}

TEST(OnnxConvolution, RefusesMoreDimensionsAndOddSettings) {
  EXPECT_EQ(one_operator("Conv", {{"b", "1", "4", "4", "4", "4"}, {"1", "1", "2", "2", "2", "2"}}).refusal().code(),
            StatusCode::unsupported);
  EXPECT_EQ(
      one_operator("ConvTranspose", {{"b", "1", "4", "4", "4", "4"}, {"1", "1", "2", "2", "2", "2"}}).refusal().code(),
      StatusCode::unsupported);
  EXPECT_EQ(one_operator("ConvTranspose", {{"b", "1", "4", "4"}, {"1", "1", "2", "2"}},
                         {integers_attribute("output_padding", {1, 1, 1})})
                .refusal()
                .code(),
            StatusCode::unsupported);
}

}  // namespace
}  // namespace rheo::onnx

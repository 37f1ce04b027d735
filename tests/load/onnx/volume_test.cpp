// SPDX-License-Identifier: Apache-2.0
#include "load/onnx/volume.h"

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

// [1, 1, 3, 2, 2]: 0, 1, ... 11.
Tensor volume() { return f32_of({1, 1, 3, 2, 2}, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}); }

TEST(OnnxVolume, PoolsBoxes) {
  const auto pool = [](const std::string& op, std::vector<Attribute> attributes) {
    attributes.push_back(integers_attribute("kernel_shape", {2, 2, 1}));
    return one_operator(op, {{"batch", "1", "3", "2", "2"}}, std::move(attributes)).answers({volume()})[0];
  };
  EXPECT_TRUE(testing::is_close(pool("MaxPool", {}), f32_of({1, 1, 2, 1, 2}, {6, 7, 10, 11})));
  EXPECT_TRUE(testing::is_close(pool("AveragePool", {}), f32_of({1, 1, 2, 1, 2}, {3, 4, 7, 8})));
  const Attribute pads = integers_attribute("pads", {1, 0, 0, 0, 0, 0});
  EXPECT_TRUE(testing::is_close(pool("AveragePool", {pads}), f32_of({1, 1, 3, 1, 2}, {1, 2, 3, 4, 7, 8})));
  EXPECT_TRUE(testing::is_close(pool("AveragePool", {pads, integer_attribute("count_include_pad", 1)}),
                                f32_of({1, 1, 3, 1, 2}, {0.5, 1, 3, 4, 7, 8})));
}

TEST(OnnxVolume, KeepsTheBatchOfPoolsOpen) {
  EXPECT_EQ(answer_shape(one_operator(
                "MaxPool", {{"batch", "2", "6", "5", "4"}},
                {integers_attribute("kernel_shape", {2, 2, 2}), integers_attribute("strides", {2, 1, 1})})),
            (Shape{kDynamic, 2, 3, 4, 3}));
}

OnnxSample convolution(std::vector<Attribute> attributes) {
  OnnxSample sample;
  sample.input("x", ElementType::f32, {"batch", "1", "3", "2", "2"});
  sample.constant("w", f32_of({2, 1, 2, 1, 2}, {1, 0, 0, 0, 0, 0, 10, 1})).constant("b", f32_of({2}, {0, 100}));
  return sample.node("Conv", {"x", "w", "b"}, {"y"}, std::move(attributes)).output("y");
}

TEST(OnnxVolume, ConvolvesSlicesAsChannels) {
  EXPECT_TRUE(testing::is_close(convolution({}).answers({volume()})[0],
                                f32_of({1, 2, 2, 2, 1}, {0, 2, 4, 6, 145, 167, 189, 211})));
  EXPECT_TRUE(testing::is_close(convolution({integers_attribute("dilations", {2, 1, 1})}).answers({volume()})[0],
                                f32_of({1, 2, 1, 2, 1}, {0, 2, 189, 211})));
  const std::vector<Attribute> padded = {integers_attribute("pads", {1, 0, 0, 1, 0, 0}),
                                         integers_attribute("strides", {2, 1, 1})};
  EXPECT_TRUE(testing::is_close(convolution(padded).answers({volume()})[0],
                                f32_of({1, 2, 2, 2, 1}, {0, 0, 4, 6, 101, 123, 189, 211})));
}

// Its places in depth become items of the batch.
TEST(OnnxVolume, ConvolvesABatchThatIsFixed) {
  const auto graph = convolution({}).graph({.batch = 3});
  EXPECT_EQ(graph->value(graph->exits()[0].value).type.shape, (Shape{3, 2, 2, 2, 1}));
}

TEST(OnnxVolume, RefusesKernelsBeyondTheInput) {
  const Status refused = one_operator("Conv", {{"b", "1", "2", "4", "4"}, {"1", "1", "3", "2", "2"}}).refusal();
  EXPECT_EQ(refused.message(), "Node 'y' (Conv) has a kernel that is deeper than its input.");
  EXPECT_EQ(one_operator("Conv", {{"b", "1", "300", "4", "4"}, {"1", "1", "299", "2", "2"}}).refusal().code(),
            StatusCode::unsupported);
}

TEST(OnnxVolume, RefusesVolumesWithoutElements) {
  OnnxSample sample;
  sample.input("x", ElementType::f32, {"1"}).constant("v", f32_of({1, 1, 0, 2, 2}, {}));
  sample.constant("w", f32_of({1, 1, 1, 1, 1}, {1})).node("ConvTranspose", {"v", "w"}, {"y"}).output("y");
  EXPECT_EQ(sample.refusal().message(), "Node 'y' (ConvTranspose) takes a volume without elements.");
}

}  // namespace
}  // namespace rheo::onnx

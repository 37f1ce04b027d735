// SPDX-License-Identifier: Apache-2.0
// ConvTranspose over three dimensions.
#include <gtest/gtest.h>

#include "load/onnx/lowering_sample.h"
#include "load/onnx/volume.h"

namespace rheo::onnx {
namespace {

using testing::f32_of;
using testing::integers_attribute;
using testing::OnnxSample;

// x [1, 1, 2, 1, 2] = 1, 2 above 3, 4; a kernel two deep: times 1, and times 10.
OnnxSample convolution(std::vector<Attribute> attributes) {
  OnnxSample sample;
  sample.input("x", ElementType::f32, {"batch", "1", "2", "1", "2"});
  sample.constant("w", f32_of({1, 1, 2, 1, 1}, {1, 10})).constant("b", f32_of({1}, {100}));
  return sample.node("ConvTranspose", {"x", "w", "b"}, {"y"}, std::move(attributes)).output("y");
}

Tensor answer_of(std::vector<Attribute> attributes) {
  return convolution(std::move(attributes)).answers({f32_of({1, 1, 2, 1, 2}, {1, 2, 3, 4})}, {.batch = 1})[0];
}

TEST(OnnxTransposedVolume, AddsUpWhereSlicesComeToLie) {
  EXPECT_TRUE(testing::is_close(answer_of({}), f32_of({1, 1, 3, 1, 2}, {101, 102, 113, 124, 130, 140})));
}

TEST(OnnxTransposedVolume, SpreadsSlicesByStridesAndDilations) {
  EXPECT_TRUE(testing::is_close(
      answer_of({integers_attribute("strides", {3, 1, 1}), integers_attribute("dilations", {2, 1, 1})}),
      f32_of({1, 1, 6, 1, 2}, {101, 102, 100, 100, 110, 120, 103, 104, 100, 100, 130, 140})));
}

TEST(OnnxTransposedVolume, CutsOffPadsAndAddsBehind) {
  EXPECT_TRUE(testing::is_close(answer_of({integers_attribute("pads", {1, 0, 0, 1, 0, 0})}),
                                f32_of({1, 1, 1, 1, 2}, {113, 124})));
  EXPECT_TRUE(testing::is_close(
      answer_of({integers_attribute("strides", {2, 1, 1}), integers_attribute("pads", {3, 0, 0, 0, 0, 0}),
                 integers_attribute("output_padding", {1, 0, 0})}),
      f32_of({1, 1, 2, 1, 2}, {130, 140, 100, 100})));
}

TEST(OnnxTransposedVolume, RefusesToCutOffAll) {
  const auto refused = [](std::vector<Attribute> attributes) {
    return convolution(std::move(attributes)).refusal({.batch = 1}).code();
  };
  EXPECT_EQ(refused({integers_attribute("pads", {2, 0, 0, 1, 0, 0})}), StatusCode::unsupported);
  EXPECT_EQ(refused({integers_attribute("output_padding", {-1, 0, 0})}), StatusCode::unsupported);
}

TEST(OnnxTransposedVolume, TakesAFixedBatch) {
  const auto graph = convolution({}).graph({.batch = 3});
  EXPECT_EQ(graph->value(graph->exits()[0].value).type.shape, (Shape{3, 1, 3, 1, 2}));
}

}  // namespace
}  // namespace rheo::onnx

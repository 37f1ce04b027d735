// SPDX-License-Identifier: Apache-2.0
#include "load/onnx/window.h"

#include <gtest/gtest.h>

#include "load/onnx/lowering_sample.h"

namespace rheo::onnx {
namespace {

using testing::integers_attribute;
using testing::one_operator;
using testing::text_attribute;

Shape pooled(std::int64_t size, std::int64_t kernel, std::int64_t stride, const std::string& automatic) {
  return testing::answer_shape(
      one_operator("MaxPool", {{"batch", "2", std::to_string(size), std::to_string(size)}},
                   {integers_attribute("kernel_shape", {kernel, kernel}),
                    integers_attribute("strides", {stride, stride}), text_attribute("auto_pad", automatic)}));
}

TEST(OnnxWindow, PadsByItself) {
  EXPECT_EQ(pooled(7, 3, 2, "SAME_UPPER"), (Shape{kDynamic, 2, 4, 4}));
  EXPECT_EQ(pooled(8, 3, 2, "SAME_LOWER"), (Shape{kDynamic, 2, 4, 4}));
  EXPECT_EQ(pooled(7, 3, 2, "VALID"), (Shape{kDynamic, 2, 3, 3}));
}

TEST(OnnxWindow, PutsTheOddPadBehindOrBefore) {
  const auto pads = [](const std::string& automatic) {
    const auto graph = one_operator("MaxPool", {{"batch", "1", "4", "4"}},
                                    {integers_attribute("kernel_shape", {2, 2}), text_attribute("auto_pad", automatic)})
                           .graph();
    return graph->node(0).attributes.integers("pads");
  };
  EXPECT_EQ(pads("SAME_UPPER"), (std::vector<std::int64_t>{0, 0, 1, 1}));
  EXPECT_EQ(pads("SAME_LOWER"), (std::vector<std::int64_t>{1, 1, 0, 0}));
}

TEST(OnnxWindow, GivesALineAHeight) {
  const auto sample = one_operator("MaxPool", {{"batch", "2", "9"}},
                                   {integers_attribute("kernel_shape", {3}), integers_attribute("pads", {1, 0})});
  EXPECT_EQ(testing::answer_shape(sample), (Shape{kDynamic, 2, 8}));
  EXPECT_EQ(testing::ops_of(sample), (std::vector<std::string>{"reshape", "max_pool2d", "reshape"}));
}

TEST(OnnxWindow, RefusesSettingsThatCannotBe) {
  const auto refused = [](const Attribute& attribute) {
    return one_operator("MaxPool", {{"batch", "1", "4", "4"}}, {integers_attribute("kernel_shape", {2, 2}), attribute})
        .refusal()
        .code();
  };
  EXPECT_EQ(refused(integers_attribute("strides", {0, 1})), StatusCode::unsupported);
  EXPECT_EQ(refused(integers_attribute("strides", {1})), StatusCode::unsupported);
  EXPECT_EQ(refused(integers_attribute("pads", {-1, 0, 0, 0})), StatusCode::unsupported);
  EXPECT_EQ(refused(integers_attribute("dilations", {std::int64_t{1} << 40, 1})), StatusCode::unsupported);
  EXPECT_EQ(refused(text_attribute("auto_pad", "SOMEHOW")), StatusCode::unsupported);
  EXPECT_EQ(one_operator("MaxPool", {{"batch", "1", "4", "4", "4"}}).refusal().code(), StatusCode::unsupported);
}

}  // namespace
}  // namespace rheo::onnx

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

TEST(OnnxParts, SplitsEvenlyWithASmallerLastPart) {
  OnnxSample sample;
  sample.input("x", ElementType::f32, {"batch", "5"});
  sample.node("Split", {"x"}, {"a", "b"}, {integer_attribute("axis", 1), integer_attribute("num_outputs", 2)});
  const std::vector<Tensor> parts = sample.output("a").output("b").answers({f32_of({1, 5}, {1, 2, 3, 4, 5})});
  EXPECT_TRUE(testing::is_identical(parts[0], f32_of({1, 3}, {1, 2, 3})));
  EXPECT_TRUE(testing::is_identical(parts[1], f32_of({1, 2}, {4, 5})));
}

TEST(OnnxParts, RefusesToSplitMoreThanThereIs) {
  OnnxSample sample;
  sample.input("x", ElementType::f32, {"batch", "5"}).integers("sizes", {4, 4});
  sample.node("Split", {"x", "sizes"}, {"a", "b"}, {integer_attribute("axis", 1)}).output("a").output("b");
  EXPECT_EQ(sample.refusal().code(), StatusCode::unsupported);
}

TEST(OnnxParts, RefusesAnotherNumberOfPartsThanItSays) {
  OnnxSample sample(18);
  sample.input("x", ElementType::f32, {"batch", "6"});
  sample.node("Split", {"x"}, {"a", "b"}, {integer_attribute("axis", 1), integer_attribute("num_outputs", 3)});
  EXPECT_EQ(sample.output("a").output("b").refusal().code(), StatusCode::unsupported);
}

TEST(OnnxParts, SlicesByAttributesOfOldAndTakesWholeDimensions) {
  const auto sample =
      one_operator("Slice", {{"batch", "5"}},
                   {integers_attribute("starts", {0, 1}), integers_attribute("ends", {std::int64_t{1} << 31, -1}),
                    integers_attribute("axes", {0, 1})},
                   9);
  EXPECT_EQ(answer_shape(sample), (Shape{kDynamic, 3}));
  EXPECT_EQ(ops_of(sample), Names{"slice"});
}

TEST(OnnxParts, PadsTheAxesThatAreNamed) {
  OnnxSample sample(18);
  sample.input("x", ElementType::f32, {"batch", "2"}).integers("pads", {1, 2}).integers("axes", {-1});
  sample.constant("value", f32_of({}, {7})).node("Pad", {"x", "pads", "value", "axes"}, {"y"}).output("y");
  EXPECT_TRUE(testing::is_identical(sample.answers({f32_of({1, 2}, {1, 2})})[0], f32_of({1, 5}, {7, 1, 2, 7, 7})));
}

TEST(OnnxParts, GathersBlocksInOneOrder) {
  const auto gathered = [](const std::string& mode) {
    return one_operator("SpaceToDepth", {{"batch", "1", "4", "4"}},
                        {integer_attribute("blocksize", 2), testing::text_attribute("mode", mode)}, 28)
        .refusal()
        .code();
  };
  EXPECT_EQ(gathered("DCR"), StatusCode::ok);
  EXPECT_EQ(gathered("CRD"), StatusCode::unsupported);
}

TEST(OnnxParts, RefusesListsThatDoNotFit) {
  EXPECT_EQ(one_operator("Slice", {{"batch", "5"}}, {integers_attribute("starts", {1})}, 9).refusal().code(),
            StatusCode::unsupported);
  EXPECT_EQ(one_operator("Pad", {{"batch", "5"}}, {integers_attribute("pads", {1, 1})}, 9).refusal().code(),
            StatusCode::unsupported);
}

}  // namespace
}  // namespace rheo::onnx

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

TEST(OnnxQuantized, RoundsHalfToEvenAndSaturates) {
  OnnxSample sample;
  sample.input("x", ElementType::f32, {"5"}).constant("scale", f32_of({}, {2}));
  sample.constant("zero", testing::tensor_of(DType::u8, {}, {10}));
  sample.node("QuantizeLinear", {"x", "scale", "zero"}, {"y"}).output("y");
  EXPECT_TRUE(testing::is_identical(sample.answers({f32_of({5}, {1, 3, -5, 1000, -1000})})[0],
                                    testing::tensor_of(DType::u8, {5}, {10, 12, 8, 255, 0})));
}

TEST(OnnxQuantized, TakesAScalePerChannel) {
  OnnxSample sample;
  sample.input("x", ElementType::i8, {"2", "2"}).constant("scale", f32_of({2}, {1, 10}));
  sample.node("DequantizeLinear", {"x", "scale"}, {"y"}, {integer_attribute("axis", 0)}).output("y");
  EXPECT_TRUE(testing::is_identical(sample.answers({testing::tensor_of(DType::i8, {2, 2}, {1, 2, 3, -4})})[0],
                                    f32_of({2, 2}, {1, 2, 30, -40})));
}

TEST(OnnxQuantized, RefusesOtherWidths) {
  OnnxSample sample;
  sample.input("x", ElementType::f32, {"2"}).constant("scale", f32_of({}, {1}));
  sample.constant("zero", testing::tensor_of(DType::i32, {}, {0}));
  EXPECT_EQ(sample.node("QuantizeLinear", {"x", "scale", "zero"}, {"y"}).output("y").refusal().code(),
            StatusCode::unsupported);
}

}  // namespace
}  // namespace rheo::onnx

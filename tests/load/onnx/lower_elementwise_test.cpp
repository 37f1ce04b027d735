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

TEST(OnnxElementwise, AlignsByAxisBeforeOperatorSet7) {
  const auto sample = one_operator("Add", {{"batch", "3", "4"}, {"3"}},
                                   {integer_attribute("broadcast", 1), integer_attribute("axis", 1)}, 6);
  EXPECT_EQ(answer_shape(sample), (Shape{kDynamic, 3, 4}));
  EXPECT_EQ(one_operator("Add", {{"batch", "3", "4"}, {"3"}}).refusal().code(), StatusCode::unsupported);
}

TEST(OnnxElementwise, AnAxisOfOldMeansNothingWithoutBroadcasting) {
  EXPECT_TRUE(one_operator("Add", {{"batch", "3"}, {"batch", "3"}},
                           {integer_attribute("axis", 1), integer_attribute("broadcast", 0)}, 6)
                  .refusal()
                  .ok());
}

TEST(OnnxElementwise, TakesBoundsFromAttributesInputsOrTheModel) {
  EXPECT_EQ(ops_of(one_operator("Clip", {{"batch", "3"}}, {testing::real_attribute("max", 6)}, 6)), Names{"clamp"});
  OnnxSample sample;
  sample.input("x", ElementType::f32, {"3"}).constant("low", f32_of({}, {2})).constant("high", f32_of({}, {1}));
  sample.node("Clip", {"x", "low", "high"}, {"y"}).output("y");
  EXPECT_TRUE(testing::is_identical(sample.answers({f32_of({3}, {0, 1.5, 3})})[0], f32_of({3}, {1, 1, 1})));
  EXPECT_EQ(ops_of(one_operator("Clip", {{"batch", "3"}, {}})), (Names{"max", "clamp"}));
}

TEST(OnnxElementwise, FoldsListsOfInputs) {
  const auto sample = one_operator("Mean", {{"2"}, {"2"}, {"2"}});
  EXPECT_TRUE(testing::is_close(sample.answers({f32_of({2}, {1, 2}), f32_of({2}, {3, 4}), f32_of({2}, {5, 9})})[0],
                                f32_of({2}, {3, 5})));
  EXPECT_EQ(ops_of(one_operator("Max", {{"2"}, {"2"}})), Names{"max"});
}

// What is computed in floats is cut to the type of the base.
TEST(OnnxElementwise, APowerHasTheTypeOfItsBase) {
  const auto power = [](DType base, DType exponent) {
    OnnxSample sample;
    sample.input("a", base == DType::i32 ? ElementType::i32 : ElementType::f32, {"3"});
    sample.constant("b", testing::tensor_of(exponent, {3}, {3, 0, 5})).node("Pow", {"a", "b"}, {"y"}).output("y");
    return sample.answers({testing::tensor_of(base, {3}, {9, -7, -3})})[0];
  };
  for (const DType exponent : {DType::f32, DType::i32, DType::i64, DType::u8}) {
    for (const DType base : {DType::i32, DType::f32}) {
      EXPECT_TRUE(testing::is_identical(power(base, exponent), testing::tensor_of(base, {3}, {729, 1, -243})))
          << name_of(base) << " to the power of " << name_of(exponent);
    }
  }
}

TEST(OnnxElementwise, RectifiesIntegers) {
  OnnxSample sample;
  sample.input("a", ElementType::i64, {"3"}).node("Relu", {"a"}, {"y"}).output("y");
  EXPECT_TRUE(testing::is_identical(sample.answers({testing::tensor_of(DType::i64, {3}, {-2, 0, 7})})[0],
                                    testing::tensor_of(DType::i64, {3}, {0, 0, 7})));
}

}  // namespace
}  // namespace rheo::onnx

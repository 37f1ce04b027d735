// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <limits>

#include "op/inferred.h"

namespace rheo::testing {
namespace {

TEST(InferTypes, ChecksTheNumberOfInputs) {
  EXPECT_TRUE(refuses(inferred(OpKind::relu, {}), {"relu", "0 inputs"}));
  EXPECT_TRUE(refuses(inferred(OpKind::relu, {f32({1}), f32({1})}), {"relu", "2 inputs"}));
  EXPECT_TRUE(refuses(inferred(OpKind::add, {f32({1}), std::nullopt}), {"add", "input 1 is missing"}));
  EXPECT_TRUE(refuses(inferred(OpKind::concat, {f32({1}), std::nullopt}, {{"axis", 0}}), {"input 1 is missing"}));
}

TEST(InferTypes, ChecksAttributeNamesAndKinds) {
  EXPECT_TRUE(refuses(inferred(OpKind::relu, {f32({1})}, {{"slope", 0.1}}), {"relu", "slope"}));
  EXPECT_TRUE(refuses(inferred(OpKind::softmax, {f32({1})}, {{"axis", 0.5}}), {"axis", "an integer"}));
  EXPECT_TRUE(refuses(inferred(OpKind::cast, {f32({1})}, {{"dtype", 1}}), {"dtype", "a text"}));
  EXPECT_TRUE(refuses(inferred(OpKind::mean, {f32({1})}, {{"axes", 0}}), {"axes", "a list of integers"}));
  EXPECT_TRUE(refuses(inferred(OpKind::clamp, {f32({1})}, {{"min", std::numeric_limits<double>::quiet_NaN()}}),
                      {"min", "finite"}));
  EXPECT_TRUE(inferred(OpKind::clamp, {f32({1})}, {{"min", 0}}).ok()) << "a whole number is a real";
  EXPECT_TRUE(refuses(inferred(OpKind::resize, {f32({1, 1, 4})}, {{"scales", 2}}), {"scales", "a list of numbers"}));
  EXPECT_TRUE(refuses(inferred(OpKind::resize, {f32({1, 1, 4})},
                               {{"scales", std::vector<double>{std::numeric_limits<double>::infinity()}}}),
                      {"scales", "finite"}));
}

TEST(InferTypes, RefusesImpossibleShapes) {
  const std::int64_t huge = std::int64_t{1} << 40;
  EXPECT_TRUE(refuses(inferred(OpKind::relu, {f32({-2, 3})}), {"input 0", "[-2, 3]"}));
  EXPECT_TRUE(refuses(inferred(OpKind::relu, {f32({huge, huge})}), {"impossible shape"}));
  EXPECT_TRUE(refuses(inferred(OpKind::add, {f32({huge, 1}), f32({1, huge})}), {"result", "impossible shape"}));
  EXPECT_TRUE(inferred(OpKind::relu, {f32({huge})}).ok());
  EXPECT_TRUE(refuses(inferred(OpKind::relu, {f32({huge, 2})}), {"1099511627776 elements"}));
}

TEST(InferTypes, RefusesImpossibleScales) {
  EXPECT_TRUE(refuses(inferred(OpKind::relu, {type_of(DType::f32, {2}, {0.5F})}), {"f32", "scale"}));
  EXPECT_TRUE(refuses(inferred(OpKind::dequantize, {type_of(DType::i8, {2}, {0.0F})}), {"positive"}));
  EXPECT_TRUE(
      refuses(inferred(OpKind::dequantize, {type_of(DType::i8, {2, 3}, {1, 1, 1}, 0)}), {"3 scales", "axis 0"}));
  EXPECT_TRUE(refuses(inferred(OpKind::dequantize, {type_of(DType::i8, {2, 3}, {1, 1}, 2)}), {"axis 2"}));
}

}  // namespace
}  // namespace rheo::testing

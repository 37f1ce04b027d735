// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "op/inferred.h"

namespace rheo::testing {
namespace {

TEST(Activation, KeepsTheType) {
  for (OpKind op : {OpKind::relu, OpKind::gelu, OpKind::clamp, OpKind::tanh}) {
    EXPECT_TRUE(infers(inferred(op, {f32({kDynamic, 2})}), f32({kDynamic, 2})));
    EXPECT_TRUE(infers(inferred(op, {bf16({})}), bf16({})));
  }
  const TensorType quantised = type_of(DType::u8, {2}, {0.5F});
  EXPECT_TRUE(infers(inferred(OpKind::relu6, {quantised}), quantised));
}

TEST(Activation, ChecksDtypesAndBounds) {
  EXPECT_TRUE(refuses(inferred(OpKind::sigmoid, {type_of(DType::u8, {2}, {0.5F})}), {"sigmoid", "u8"}));
  EXPECT_TRUE(refuses(inferred(OpKind::relu, {type_of(DType::i8, {2})}), {"scale"}));
  EXPECT_TRUE(refuses(inferred(OpKind::relu, {type_of(DType::f16, {2})}), {"f16"}));
  EXPECT_TRUE(refuses(inferred(OpKind::clamp, {f32({2})}, {{"min", 1.0}, {"max", 0.0}}), {"[1, 0]"}));
}

}  // namespace
}  // namespace rheo::testing

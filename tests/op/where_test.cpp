// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "op/inferred.h"

namespace rheo::testing {
namespace {

const DType kAll[] = {DType::f32, DType::bf16, DType::f16, DType::i8,
                      DType::u8,  DType::i32,  DType::i64, DType::boolean};

TEST(Where, TakesAnyDtypeAndBroadcastsAllThree) {
  for (DType dtype : kAll) {
    EXPECT_TRUE(infers(inferred(OpKind::where, {type_of(DType::boolean, {kDynamic, 1, 1}), type_of(dtype, {4, 1}),
                                                type_of(dtype, {5})}),
                       type_of(dtype, {kDynamic, 4, 5})))
        << name_of(dtype);
  }
  const TensorType quantised = type_of(DType::u8, {2}, {0.5F});
  EXPECT_TRUE(infers(inferred(OpKind::where, {type_of(DType::boolean, {2}), quantised, quantised}), quantised));
}

TEST(Where, ChecksItsInputs) {
  const TensorType condition = type_of(DType::boolean, {2});
  EXPECT_TRUE(refuses(inferred(OpKind::where, {f32({2}), f32({2}), f32({2})}), {"condition", "f32", "bool"}));
  EXPECT_TRUE(refuses(inferred(OpKind::where, {condition, f32({2}), bf16({2})}), {"input 2 (b)", "bf16"}));
  EXPECT_TRUE(refuses(inferred(OpKind::where, {condition, f32({3}), f32({1})}), {"[2]", "[3]"}));
  EXPECT_TRUE(
      refuses(inferred(OpKind::where, {condition, type_of(DType::u8, {2}, {0.5F}), type_of(DType::u8, {2}, {0.25F})}),
              {"scale"}));
  EXPECT_TRUE(refuses(
      inferred(OpKind::where, {condition, type_of(DType::i8, {2}, {1, 2}, 0), type_of(DType::i8, {2}, {1, 2}, 0)}),
      {"axis"}));
}

}  // namespace
}  // namespace rheo::testing

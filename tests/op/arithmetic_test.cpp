// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "op/inferred.h"

namespace rheo::testing {
namespace {

TEST(Arithmetic, Broadcasts) {
  EXPECT_TRUE(infers(inferred(OpKind::add, {f32({kDynamic, 3, 4, 4}), f32({3, 1, 1})}), f32({kDynamic, 3, 4, 4})));
  EXPECT_TRUE(infers(inferred(OpKind::mul, {f32({2, 1}), f32({1, 5})}), f32({2, 5})));
  EXPECT_TRUE(infers(inferred(OpKind::div, {f32({}), f32({2})}), f32({2})));
  EXPECT_TRUE(infers(inferred(OpKind::sub, {f32({kDynamic, 2}), f32({kDynamic, 2})}), f32({kDynamic, 2})));
  EXPECT_TRUE(infers(inferred(OpKind::add, {f32({0, 2}), f32({1, 2})}), f32({0, 2})));
}

TEST(Arithmetic, ChecksShapesAndDtypes) {
  EXPECT_TRUE(refuses(inferred(OpKind::add, {f32({2, 3}), f32({2, 4})}), {"add", "[2, 3]", "[2, 4]", "3 and 4"}));
  EXPECT_TRUE(refuses(inferred(OpKind::add, {f32({kDynamic, 3}), f32({5, 3})}), {"[?, 3]", "[5, 3]"}));
  EXPECT_TRUE(refuses(inferred(OpKind::add, {f32({2}), bf16({2})}), {"input 1 (b)", "bf16"}));
  EXPECT_TRUE(refuses(inferred(OpKind::add, {type_of(DType::u8, {2}), type_of(DType::u8, {2})}), {"u8"}));
  EXPECT_TRUE(refuses(inferred(OpKind::mod, {f32({2}), f32({2})}, {{"fmod", "yes"}}), {"fmod", "an integer"}));
}

TEST(Arithmetic, TakesIntegers) {
  for (DType dtype : {DType::i32, DType::i64}) {
    for (OpKind op :
         {OpKind::add, OpKind::sub, OpKind::mul, OpKind::div, OpKind::min, OpKind::max, OpKind::mod, OpKind::pow}) {
      EXPECT_TRUE(infers(inferred(op, {type_of(dtype, {2, 1}), type_of(dtype, {3})}), type_of(dtype, {2, 3})));
    }
  }
  EXPECT_TRUE(refuses(inferred(OpKind::add, {type_of(DType::i32, {2}), type_of(DType::i64, {2})}), {"i64"}));
}

TEST(Arithmetic, PowTakesAWholeExponentOfAFloat) {
  for (DType exponent : {DType::i32, DType::i64}) {
    EXPECT_TRUE(infers(inferred(OpKind::pow, {bf16({2, 1}), type_of(exponent, {3})}), bf16({2, 3})));
    EXPECT_TRUE(refuses(inferred(OpKind::pow, {type_of(exponent, {2}), f32({2})}), {"exponent", "f32"}));
  }
  EXPECT_TRUE(refuses(inferred(OpKind::pow, {bf16({2}), f32({2})}), {"exponent", "f32"}));
}

TEST(Arithmetic, PreluKeepsTheShapeOfX) {
  EXPECT_TRUE(infers(inferred(OpKind::prelu, {f32({kDynamic, 3, 4, 4}), f32({3, 1, 1})}), f32({kDynamic, 3, 4, 4})));
  EXPECT_TRUE(refuses(inferred(OpKind::prelu, {f32({3, 1}), f32({3, 4})}), {"slope", "[3, 4]", "[3, 1]"}));
  EXPECT_TRUE(refuses(inferred(OpKind::prelu, {type_of(DType::i32, {2}), type_of(DType::i32, {2})}), {"i32"}));
}

}  // namespace
}  // namespace rheo::testing

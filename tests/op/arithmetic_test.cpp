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
  EXPECT_TRUE(refuses(inferred(OpKind::add, {type_of(DType::i32, {2}), type_of(DType::i32, {2})}), {"i32"}));
}

}  // namespace
}  // namespace rheo::testing

// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "op/inferred.h"

namespace rheo::testing {
namespace {

TEST(Comparison, GivesBoolOfTheBroadcastShape) {
  for (DType dtype : {DType::f32, DType::bf16, DType::i32, DType::i64}) {
    for (OpKind op : {OpKind::equal, OpKind::greater, OpKind::greater_equal, OpKind::less, OpKind::less_equal}) {
      EXPECT_TRUE(infers(inferred(op, {type_of(dtype, {kDynamic, 1, 3}), type_of(dtype, {2, 1})}),
                         type_of(DType::boolean, {kDynamic, 2, 3})))
          << name_of(op);
    }
  }
}

TEST(Comparison, ChecksDtypes) {
  const TensorType flags = type_of(DType::boolean, {2});
  EXPECT_TRUE(infers(inferred(OpKind::equal, {flags, flags}), flags));
  EXPECT_TRUE(refuses(inferred(OpKind::less, {flags, flags}), {"less", "bool"}));
  EXPECT_TRUE(refuses(inferred(OpKind::equal, {f32({2}), type_of(DType::i64, {2})}), {"input 1 (b)", "i64"}));
  EXPECT_TRUE(refuses(inferred(OpKind::greater, {f32({2}), f32({3})}), {"greater", "[2]", "[3]"}));
}

TEST(Logical, TakesBoolOnly) {
  const TensorType flags = type_of(DType::boolean, {2, 1});
  for (OpKind op : {OpKind::logical_and, OpKind::logical_or, OpKind::logical_xor}) {
    EXPECT_TRUE(infers(inferred(op, {flags, type_of(DType::boolean, {3})}), type_of(DType::boolean, {2, 3})));
    EXPECT_TRUE(refuses(inferred(op, {flags, f32({3})}), {std::string(name_of(op)), "f32"}));
    EXPECT_TRUE(refuses(inferred(op, {f32({3}), flags}), {std::string(name_of(op)), "f32"}));
  }
}

}  // namespace
}  // namespace rheo::testing

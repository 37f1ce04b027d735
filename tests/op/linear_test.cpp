// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "op/inferred.h"

namespace rheo::testing {
namespace {

TEST(Linear, ReplacesTheLastDimension) {
  EXPECT_TRUE(infers(inferred(OpKind::linear, {f32({kDynamic, 4}), f32({5, 4}), f32({5})}), f32({kDynamic, 5})));
  EXPECT_TRUE(infers(inferred(OpKind::linear, {f32({2, 3, 4}), f32({5, 4})}), f32({2, 3, 5})));
  EXPECT_TRUE(infers(inferred(OpKind::linear, {f32({4}), f32({5, 4})}), f32({5})));
  EXPECT_TRUE(infers(inferred(OpKind::linear, {type_of(DType::u8, {2, 4}, {1}), type_of(DType::i8, {1, 4}, {2})},
                              {{"out_dtype", "u8"}, {"out_scale", 3.0}}),
                     type_of(DType::u8, {2, 1}, {3})));
}

TEST(Linear, ChecksShapes) {
  EXPECT_TRUE(refuses(inferred(OpKind::linear, {f32({2, 3}), f32({5, 4})}), {"linear", "[5, 4]", "[2, 3]"}));
  EXPECT_TRUE(refuses(inferred(OpKind::linear, {f32({2, kDynamic}), f32({5, 4})}), {"[2, ?]"}));
  EXPECT_TRUE(refuses(inferred(OpKind::linear, {f32({}), f32({5, 4})}), {"rank 1"}));
  EXPECT_TRUE(refuses(inferred(OpKind::linear, {f32({4}), f32({4})}), {"weights", "rank 2"}));
}

}  // namespace
}  // namespace rheo::testing

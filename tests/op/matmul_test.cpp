// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "op/inferred.h"

namespace rheo::testing {
namespace {

TEST(Matmul, BroadcastsLeadingDimensions) {
  EXPECT_TRUE(infers(inferred(OpKind::matmul, {f32({2, 3}), f32({3, 4})}), f32({2, 4})));
  EXPECT_TRUE(infers(inferred(OpKind::matmul, {f32({kDynamic, 1, 2, 3}), f32({5, 3, 4})}), f32({kDynamic, 5, 2, 4})));
  EXPECT_TRUE(infers(inferred(OpKind::matmul, {bf16({2, 3}), bf16({3, 4})}), bf16({2, 4})));
}

TEST(Matmul, ChecksShapesAndDtypes) {
  EXPECT_TRUE(refuses(inferred(OpKind::matmul, {f32({2, 3}), f32({4, 3})}), {"matmul", "[4, 3]", "[2, 3]"}));
  EXPECT_TRUE(refuses(inferred(OpKind::matmul, {f32({3}), f32({3, 4})}), {"rank 2"}));
  EXPECT_TRUE(refuses(inferred(OpKind::matmul, {f32({2, 2, 3}), f32({5, 3, 4})}), {"broadcast"}));
  EXPECT_TRUE(refuses(inferred(OpKind::matmul, {f32({2, 3}), bf16({3, 4})}), {"input 1 (b)", "f32"}));
}

}  // namespace
}  // namespace rheo::testing

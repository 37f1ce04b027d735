// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "op/inferred.h"

namespace rheo::testing {
namespace {

TEST(Softmax, KeepsTheTypeAndChecksTheAxis) {
  EXPECT_TRUE(infers(inferred(OpKind::softmax, {f32({kDynamic, 3})}), f32({kDynamic, 3})));
  EXPECT_TRUE(infers(inferred(OpKind::log_softmax, {bf16({2, 3})}, {{"axis", 0}}), bf16({2, 3})));
  EXPECT_TRUE(refuses(inferred(OpKind::softmax, {f32({2, 3})}, {{"axis", 2}}), {"softmax", "axis", "rank 2"}));
  EXPECT_TRUE(refuses(inferred(OpKind::softmax, {f32({2, 3})}, {{"axis", -3}}), {"axis"}));
  EXPECT_TRUE(refuses(inferred(OpKind::softmax, {f32({})}), {"rank 0"}));
}

TEST(Softmax, DoesNotMixABatch) {
  for (const OpKind op : {OpKind::softmax, OpKind::log_softmax})
    EXPECT_TRUE(refuses(inferred(op, {f32({kDynamic, 3})}, {{"axis", 0}}), {"batch", "[?, 3]"}));
}

}  // namespace
}  // namespace rheo::testing

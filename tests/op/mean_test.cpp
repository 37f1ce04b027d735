// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "op/inferred.h"

namespace rheo::testing {
namespace {

TEST(Mean, DropsOrKeepsTheAxes) {
  EXPECT_TRUE(infers(inferred(OpKind::mean, {f32({kDynamic, 3, 4})}, {{"axes", Integers{2}}}), f32({kDynamic, 3})));
  EXPECT_TRUE(
      infers(inferred(OpKind::mean, {f32({2, 3, 4})}, {{"axes", Integers{-1, 0}}, {"keep_dims", 1}}), f32({1, 3, 1})));
  EXPECT_TRUE(infers(inferred(OpKind::mean, {bf16({2})}, {{"axes", Integers{0}}}), bf16({})));
}

TEST(Mean, ChecksTheAxes) {
  EXPECT_TRUE(refuses(inferred(OpKind::mean, {f32({2})}), {"mean", "axes"}));
  EXPECT_TRUE(refuses(inferred(OpKind::mean, {f32({2})}, {{"axes", Integers{1}}}), {"axes", "1"}));
  EXPECT_TRUE(refuses(inferred(OpKind::mean, {f32({2, 0})}, {{"axes", Integers{1}}}), {"nothing to average"}));
}

TEST(Mean, DoesNotMixABatch) {
  const Attributes both{{"axes", Integers{0, 1}}};
  EXPECT_TRUE(refuses(inferred(OpKind::mean, {f32({kDynamic, 3})}, {{"axes", Integers{-2}}}), {"batch", "[?, 3]"}));
  EXPECT_TRUE(refuses(inferred(OpKind::mean, {f32({kDynamic, 3})}, both), {"batch"}));
  EXPECT_TRUE(infers(inferred(OpKind::mean, {f32({4, 3})}, both), f32({})));
}

}  // namespace
}  // namespace rheo::testing

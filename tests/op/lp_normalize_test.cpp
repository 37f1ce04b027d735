// SPDX-License-Identifier: Apache-2.0
#include "op/lp_normalize.h"

#include <gtest/gtest.h>

#include "op/inferred.h"

namespace rheo::testing {
namespace {

TEST(LpNormalize, KeepsTheTypeAndChecksItsSettings) {
  EXPECT_TRUE(infers(inferred(OpKind::lp_normalize, {f32({kDynamic, 3})}), f32({kDynamic, 3})));
  EXPECT_TRUE(refuses(inferred(OpKind::lp_normalize, {f32({kDynamic, 3})}, {{"axis", 0}}), {"batch"}));
  EXPECT_TRUE(refuses(inferred(OpKind::lp_normalize, {f32({1, 3})}, {{"axis", 2}}), {"axis"}));
  EXPECT_TRUE(refuses(inferred(OpKind::lp_normalize, {f32({1, 3})}, {{"p", 3}}), {"\"p\"", "3"}));
  EXPECT_TRUE(refuses(inferred(OpKind::lp_normalize, {type_of(DType::i32, {3})}), {"cast"}));
}

TEST(LpNormalize, CountsItsAxisFromTheEnd) {
  EXPECT_EQ(LpNormalizeSettings::from({}, 3).axis, 2U);
  EXPECT_EQ(LpNormalizeSettings::from({{"axis", -3}}, 3).axis, 0U);
  EXPECT_EQ(LpNormalizeSettings::from({}, 3).p, 2);
}

}  // namespace
}  // namespace rheo::testing

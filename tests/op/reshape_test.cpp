// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "op/inferred.h"

namespace rheo::testing {
namespace {

Result<TensorType> reshaped(const Shape& x, const Integers& shape) {
  return inferred(OpKind::reshape, {f32(x)}, {{"shape", shape}});
}

TEST(Reshape, CopiesAndInfers) {
  EXPECT_TRUE(infers(reshaped({2, 6}, {3, 4}), f32({3, 4})));
  EXPECT_TRUE(infers(reshaped({2, 6}, {0, -1, 3}), f32({2, 2, 3})));
  EXPECT_TRUE(infers(reshaped({1}, {}), f32({})));
  EXPECT_TRUE(infers(reshaped({0, 4}, {0, 2, 2}), f32({0, 2, 2})));
}

TEST(Reshape, CarriesADynamicDimension) {
  EXPECT_TRUE(infers(reshaped({kDynamic, 6}, {0, 2, 3}), f32({kDynamic, 2, 3})));
  EXPECT_TRUE(infers(reshaped({kDynamic, 6}, {-1, 2, 3}), f32({kDynamic, 2, 3})));
  EXPECT_TRUE(infers(reshaped({kDynamic, 6}, {0, -1, 3}), f32({kDynamic, 2, 3})));
  EXPECT_TRUE(refuses(reshaped({kDynamic, 6}, {-1, 3}), {"reshape", "[?, 6]", "[-1, 3]"}));
  EXPECT_TRUE(refuses(reshaped({kDynamic, 6}, {6}), {"[?, 6]"}));
  EXPECT_TRUE(refuses(reshaped({kDynamic, 6}, {0, 5}), {"[0, 5]"}));
}

TEST(Reshape, ChecksTheTarget) {
  EXPECT_TRUE(refuses(reshaped({2, 6}, {5, -1}), {"[2, 6]", "[5, -1]"}));
  EXPECT_TRUE(refuses(reshaped({2, 6}, {-1, -1}), {"more than one -1"}));
  EXPECT_TRUE(refuses(reshaped({2, 6}, {12, -2}), {"-2"}));
  EXPECT_TRUE(refuses(reshaped({12}, {12, 0}), {"dimension 1"}));
  EXPECT_TRUE(refuses(reshaped({1}, {1, 1, 1, 1, 1, 1, 1, 1, 1}), {"9 dimensions"}));
  EXPECT_TRUE(refuses(reshaped({0, 3}, {0, -1}), {"-1"}));
  EXPECT_TRUE(refuses(reshaped({4}, {INT64_MAX, INT64_MAX}), {"reshape"}));
  EXPECT_TRUE(refuses(inferred(OpKind::reshape, {f32({1})}), {"shape", "missing"}));
}

}  // namespace
}  // namespace rheo::testing

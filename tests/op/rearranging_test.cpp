// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "op/inferred.h"

namespace rheo::testing {
namespace {

TEST(Rearranging, ExpandBroadcastsAndLetsTheBatchPass) {
  const auto expanded = [](const Shape& x, const Integers& shape) {
    return inferred(OpKind::expand, {f32(x)}, {{"shape", shape}});
  };
  EXPECT_TRUE(infers(expanded({kDynamic, 1, 4}, {-1, 3, 4}), f32({kDynamic, 3, 4})));
  EXPECT_TRUE(infers(expanded({kDynamic, 1, 4}, {1, 3, 1}), f32({kDynamic, 3, 4})));
  EXPECT_TRUE(infers(expanded({4}, {2, 3, 4}), f32({2, 3, 4})));
  EXPECT_TRUE(infers(expanded({2, 3, 4}, {1}), f32({2, 3, 4})));
  EXPECT_TRUE(infers(expanded({1}, {0}), f32({0})));
  EXPECT_TRUE(refuses(expanded({kDynamic, 4}, {3, 4}), {"expand", "[3, 4]"}));
  EXPECT_TRUE(refuses(expanded({3}, {6}), {"[6]"}));
  EXPECT_TRUE(refuses(expanded({4}, {-1, 4}), {"[-1, 4]"}));
  EXPECT_TRUE(refuses(expanded({1}, {-2}), {"[-2]"}));
  EXPECT_TRUE(refuses(expanded({1}, {1, 1, 1, 1, 1, 1, 1, 1, 1}), {"9 dimensions"}));
}

TEST(Rearranging, TileMultiplies) {
  const auto tiled = [](const Shape& x, const Integers& repeats) {
    return inferred(OpKind::tile, {f32(x)}, {{"repeats", repeats}});
  };
  EXPECT_TRUE(infers(tiled({kDynamic, 2, 3}, {1, 4, 0}), f32({kDynamic, 8, 0})));
  EXPECT_TRUE(refuses(tiled({kDynamic, 2}, {2, 1}), {"tile", "batch"}));
  EXPECT_TRUE(refuses(tiled({2, 2}, {2}), {"repeats", "2 are needed"}));
  EXPECT_TRUE(refuses(tiled({2}, {-1}), {"repeats"}));
  EXPECT_TRUE(refuses(tiled({4}, {INT64_MAX}), {"too large"}));
}

TEST(Rearranging, BlocksGoToChannelsAndBack) {
  const Attributes two{{"block", 2}};
  EXPECT_TRUE(infers(inferred(OpKind::depth_to_space, {f32({kDynamic, 8, 3, 5})}, two), f32({kDynamic, 2, 6, 10})));
  EXPECT_TRUE(infers(inferred(OpKind::space_to_depth, {f32({kDynamic, 2, 6, 10})}, two), f32({kDynamic, 8, 3, 5})));
  EXPECT_TRUE(refuses(inferred(OpKind::depth_to_space, {f32({1, 6, 3, 5})}, two), {"channels", "2 x 2"}));
  EXPECT_TRUE(refuses(inferred(OpKind::space_to_depth, {f32({1, 6, 3, 4})}, two), {"height"}));
  EXPECT_TRUE(refuses(inferred(OpKind::depth_to_space, {f32({1, 4, 3})}, two), {"rank 4"}));
  EXPECT_TRUE(refuses(inferred(OpKind::depth_to_space, {f32({1, 4, 3, 3})}, {{"block", 0}}), {"block"}));
  EXPECT_TRUE(refuses(inferred(OpKind::depth_to_space, {f32({1, 4, 3, 3})}, {{"block", 2}, {"mode", "rcd"}}), {"rcd"}));
  EXPECT_TRUE(refuses(inferred(OpKind::depth_to_space, {f32({1, 4, kDynamic, 3})}, two), {"batch"}));
}

TEST(Rearranging, TriluKeepsTheType) {
  const TensorType x = type_of(DType::boolean, {kDynamic, 4, 5});
  EXPECT_TRUE(infers(inferred(OpKind::trilu, {x}, {{"upper", 0}, {"diagonal", -1}}), x));
  EXPECT_TRUE(refuses(inferred(OpKind::trilu, {f32({4})}), {"matrices"}));
  EXPECT_TRUE(refuses(inferred(OpKind::trilu, {f32({kDynamic, 4})}), {"batch"}));
}

}  // namespace
}  // namespace rheo::testing

// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "op/inferred.h"
#include "op/rearranging.h"

namespace rheo::testing {
namespace {

Result<TensorType> padded(const Shape& x, const Integers& pads, const char* mode = "constant") {
  return inferred(OpKind::pad, {f32(x)}, {{"pads", pads}, {"mode", mode}});
}

TEST(Pad, AddsAndCrops) {
  EXPECT_TRUE(infers(padded({kDynamic, 4, 5}, {0, 1, -2, 0, 2, 3}), f32({kDynamic, 7, 6})));
  EXPECT_TRUE(infers(padded({3}, {-1, -2}), f32({0})));
  EXPECT_TRUE(infers(padded({0}, {1, 1}), f32({2})));
  EXPECT_TRUE(refuses(padded({3}, {-2, -2}), {"pad", "crop more"}));
  EXPECT_TRUE(refuses(padded({kDynamic, 4}, {1, 0, 0, 0}), {"batch"}));
  EXPECT_TRUE(refuses(padded({3}, {1}), {"pads", "2 are needed"}));
  EXPECT_TRUE(refuses(padded({3}, {INT64_MAX, 0}), {"pads", "outside"}));
  EXPECT_TRUE(refuses(padded({3}, {0, 1}, "mirror"), {"mirror"}));
  EXPECT_TRUE(refuses(padded({0}, {0, 1}, "edge"), {"nothing to show"}));
}

Integers shown(PadMode mode, std::int64_t begin, std::int64_t end, std::int64_t size) {
  PadSettings settings;
  settings.begin[0] = begin;
  settings.end[0] = end;
  settings.mode = mode;
  Integers indices;
  for (std::int64_t i = 0; i < size + begin + end; ++i) indices.push_back(padded_index(settings, 0, size, i));
  return indices;
}

TEST(Pad, ShowsIndices) {
  EXPECT_EQ(shown(PadMode::constant, 2, 1, 3), (Integers{-1, -1, 0, 1, 2, -1}));
  EXPECT_EQ(shown(PadMode::reflect, 2, 3, 3), (Integers{2, 1, 0, 1, 2, 1, 0, 1}));
  EXPECT_EQ(shown(PadMode::reflect, 1, 1, 1), (Integers{0, 0, 0}));
  EXPECT_EQ(shown(PadMode::edge, 2, 1, 3), (Integers{0, 0, 0, 1, 2, 2}));
  EXPECT_EQ(shown(PadMode::wrap, 2, 4, 3), (Integers{1, 2, 0, 1, 2, 0, 1, 2, 0}));
  EXPECT_EQ(shown(PadMode::edge, -1, 2, 3), (Integers{1, 2, 2, 2}));
  EXPECT_EQ(shown(PadMode::reflect, 2, -1, 4), (Integers{2, 1, 0, 1, 2}));
}

}  // namespace
}  // namespace rheo::testing

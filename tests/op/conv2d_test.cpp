// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "op/inferred.h"

namespace rheo::testing {
namespace {

Result<TensorType> conv(const Shape& x, const Shape& weights, const Attributes& attributes = {}) {
  return inferred(OpKind::conv2d, {f32(x), f32(weights)}, attributes);
}

TEST(Conv2d, InfersTheWindowCount) {
  EXPECT_TRUE(infers(conv({1, 3, 8, 9}, {5, 3, 3, 3}), f32({1, 5, 6, 7})));
  EXPECT_TRUE(infers(conv({1, 3, 8, 9}, {5, 3, 3, 3}, {{"pads", Integers{1, 0, 1, 2}}, {"strides", Integers{2, 3}}}),
                     f32({1, 5, 4, 3})));
  EXPECT_TRUE(infers(conv({1, 3, 8, 9}, {5, 3, 3, 3}, {{"dilations", Integers{3, 4}}}), f32({1, 5, 2, 1})));
}

TEST(Conv2d, LetsTheBatchAndThePictureBeDynamic) {
  EXPECT_TRUE(infers(conv({kDynamic, 3, 8, 8}, {5, 3, 1, 1}), f32({kDynamic, 5, 8, 8})));
  EXPECT_TRUE(infers(conv({1, 3, kDynamic, 8}, {5, 3, 3, 3}), f32({1, 5, kDynamic, 6})));
  EXPECT_TRUE(refuses(conv({1, kDynamic, 8, 8}, {5, 3, 1, 1}), {"channel"}));
}

TEST(Conv2d, ChecksRanksChannelsAndGroups) {
  EXPECT_TRUE(refuses(conv({3, 8, 8}, {5, 3, 3, 3}), {"input 0 (x)", "rank 4"}));
  EXPECT_TRUE(refuses(conv({1, 3, 8, 8}, {5, 3, 3}), {"input 1 (weights)", "rank 4"}));
  EXPECT_TRUE(refuses(conv({1, 4, 8, 8}, {5, 3, 3, 3}), {"4 input channels"}));
  EXPECT_TRUE(infers(conv({1, 4, 8, 8}, {6, 2, 1, 1}, {{"groups", 2}}), f32({1, 6, 8, 8})));
  EXPECT_TRUE(refuses(conv({1, 4, 8, 8}, {5, 2, 1, 1}, {{"groups", 2}}), {"2 groups"}));
  EXPECT_TRUE(refuses(conv({1, 4, 8, 8}, {6, 2, 1, 1}, {{"groups", 3}}), {"3 groups"}));
  EXPECT_TRUE(refuses(conv({1, 4, 8, 8}, {6, 2, 1, 1}, {{"groups", 0}}), {"groups"}));
  EXPECT_TRUE(refuses(conv({1, 0, 8, 8}, {6, 0, 1, 1}), {"at least 1"}));
}

TEST(Conv2d, ChecksAttributeRanges) {
  const Shape x{1, 1, 8, 8};
  const Shape w{1, 1, 3, 3};
  EXPECT_TRUE(refuses(conv(x, w, {{"strides", Integers{0, 1}}}), {"strides", "0"}));
  EXPECT_TRUE(refuses(conv(x, w, {{"strides", Integers{1}}}), {"strides", "1 entries"}));
  EXPECT_TRUE(refuses(conv(x, w, {{"dilations", Integers{1, 0}}}), {"dilations"}));
  EXPECT_TRUE(refuses(conv(x, w, {{"dilations", Integers{INT64_MAX, 1}}}), {"dilations"}));
  EXPECT_TRUE(refuses(conv(x, w, {{"pads", Integers{0, 0, 0, -1}}}), {"pads", "-1"}));
  EXPECT_TRUE(refuses(conv(x, w, {{"pads", Integers{0, 0, 0, INT64_MAX}}}), {"pads"}));
  EXPECT_TRUE(refuses(conv(x, {1, 1, 9, 3}), {"height of 8"}));
  EXPECT_TRUE(refuses(conv(x, {1, 1, 0, 3}), {"kernel"}));
}

}  // namespace
}  // namespace rheo::testing

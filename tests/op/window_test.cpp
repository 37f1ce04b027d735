// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "op/inferred.h"

namespace rheo::testing {
namespace {

Result<TensorType> pool(const Shape& x, const Attributes& attributes) {
  return inferred(OpKind::max_pool2d, {f32(x)}, attributes);
}

TEST(Window, RoundsDownOrUp) {
  Attributes attributes{{"kernel", Integers{3, 2}}, {"strides", Integers{2, 2}}};
  EXPECT_TRUE(infers(pool({1, 1, 6, 6}, attributes), f32({1, 1, 2, 3})));
  attributes.set("ceil_mode", 1);
  EXPECT_TRUE(infers(pool({1, 1, 6, 6}, attributes), f32({1, 1, 3, 3})));
}

TEST(Window, DropsALastWindowThatStartsInTheEndPadding) {
  const Attributes attributes{
      {"kernel", Integers{2, 2}}, {"strides", Integers{2, 2}}, {"pads", Integers{1, 0, 1, 0}}, {"ceil_mode", 1}};
  // Height: 3 + 2 padded; windows start at -1, 1 and 3, and the last lies in the padding.
  EXPECT_TRUE(infers(pool({1, 1, 3, 2}, attributes), f32({1, 1, 2, 1})));
}

TEST(Window, StandsHugeSides) {
  EXPECT_TRUE(refuses(pool({1, 1, INT64_MAX, 1}, {{"kernel", Integers{1, 1}}}), {"impossible shape"}));
  EXPECT_TRUE(refuses(pool({1, 1, 1, 1}, {{"kernel", Integers{INT64_MAX, 1}}}), {"kernel"}));
}

// Kernels prepare lists of windows when a model is loaded; a file must not make them endless.
TEST(Window, RefusesMoreThanAnyNetworkNeeds) {
  const Shape x{1, 1, 4096, 4096};
  EXPECT_TRUE(pool(x, {{"kernel", Integers{4096, 4096}}}).ok());
  EXPECT_TRUE(refuses(pool({1, 1, 8192, 8192}, {{"kernel", Integers{4097, 1}}}), {"4097", "4096"}));
  for (const char* name : {"strides", "dilations"})
    EXPECT_TRUE(refuses(pool(x, {{"kernel", Integers{1, 1}}, {name, Integers{1, 4097}}}), {name, "4097", "4096"}));
  EXPECT_TRUE(refuses(pool(x, {{"kernel", Integers{4096, 4096}}, {"pads", Integers{0, 0, 4097, 0}}}), {"4097"}));
  const Attributes dense{{"kernel", Integers{4096, 1}}, {"strides", Integers{1, 1}}};
  EXPECT_TRUE(pool({1, 1, 8192, 1}, dense).ok());
  EXPECT_TRUE(refuses(pool({1, 1, 1 << 20, 1}, dense), {"windows of 4096", "height"}));
}

}  // namespace
}  // namespace rheo::testing

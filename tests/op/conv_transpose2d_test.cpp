// SPDX-License-Identifier: Apache-2.0
#include "op/conv_transpose2d.h"

#include <gtest/gtest.h>

#include "op/inferred.h"

namespace rheo::testing {
namespace {

TEST(ConvTranspose2d, EnlargesWhatAConvolutionWouldShrink) {
  EXPECT_TRUE(infers(
      inferred(OpKind::conv_transpose2d, {f32({kDynamic, 4, 5, 6}), f32({4, 3, 2, 2})}, {{"strides", Integers{2, 2}}}),
      f32({kDynamic, 3, 10, 12})));
  EXPECT_TRUE(infers(inferred(OpKind::conv_transpose2d, {f32({1, 4, 5, 6}), f32({4, 3, 3, 3}), f32({6})},
                              {{"groups", 2},
                               {"strides", Integers{2, 1}},
                               {"pads", Integers{1, 0, 1, 2}},
                               {"output_padding", Integers{1, 0}},
                               {"dilations", Integers{1, 2}}}),
                     f32({1, 6, 10, 8})));
}

TEST(ConvTranspose2d, TakesFloatsOnly) {
  EXPECT_TRUE(infers(inferred(OpKind::conv_transpose2d, {bf16({1, 1, 2, 2}), bf16({1, 1, 1, 1})}), bf16({1, 1, 2, 2})));
  EXPECT_TRUE(
      infers(inferred(OpKind::conv_transpose2d, {bf16({1, 1, 2, 2}), bf16({1, 1, 1, 1})}, {{"out_dtype", "f32"}}),
             f32({1, 1, 2, 2})));
  EXPECT_TRUE(refuses(inferred(OpKind::conv_transpose2d, {f32({1, 1, 2, 2}), bf16({1, 1, 1, 1})}), {"weights"}));
  EXPECT_TRUE(refuses(inferred(OpKind::conv_transpose2d, {type_of(DType::u8, {1, 1, 2, 2}, {0.1F}), f32({1, 1, 1, 1})}),
                      {"x"}));
}

TEST(ConvTranspose2d, RefusesMisfits) {
  const auto with = [](const Shape& w, const Attributes& attributes) {
    return inferred(OpKind::conv_transpose2d, {f32({1, 4, 5, 5}), f32(w)}, attributes);
  };
  EXPECT_TRUE(refuses(with({3, 4, 1, 1}, {}), {"weights", "[3, 4, 1, 1]"}));
  EXPECT_TRUE(refuses(with({4, 4, 1, 1}, {{"groups", 3}}), {"3 groups"}));
  EXPECT_TRUE(refuses(with({4, 4, 1, 1}, {{"groups", 0}}), {"groups"}));
  EXPECT_TRUE(refuses(with({4, 4, 1, 1}, {{"pads", Integers{3, 0, 3, 0}}}), {"pads", "height"}));
  EXPECT_TRUE(refuses(with({4, 4, 1, 1}, {{"output_padding", Integers{1}}}), {"output_padding"}));
  EXPECT_TRUE(refuses(with({4, 4, 1, 1}, {{"activation", "add"}}), {"activation"}));
  EXPECT_TRUE(refuses(inferred(OpKind::conv_transpose2d, {f32({1, 4, 5, 5}), f32({4, 3, 1, 1}), f32({4})}), {"bias"}));
}

}  // namespace
}  // namespace rheo::testing

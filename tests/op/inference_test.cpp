// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "op/inferred.h"

namespace rheo::testing {
namespace {

TEST(Inference, NamesTheOpTheInputAndBothShapes) {
  EXPECT_TRUE(refuses(inferred(OpKind::conv2d, {f32({1, 3, 8, 8}), f32({8, 4, 3, 3})}),
                      {"conv2d", "input 1 (weights)", "[8, 4, 3, 3]", "[1, 3, 8, 8]"}));
}

TEST(Inference, SaysWhichDtypesFit) {
  EXPECT_TRUE(refuses(inferred(OpKind::gelu, {type_of(DType::i32, {2})}), {"gelu", "input 0 (x)", "i32", "f32, bf16"}));
}

}  // namespace
}  // namespace rheo::testing

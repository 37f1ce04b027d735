// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "op/inferred.h"

namespace rheo::testing {
namespace {

TEST(Normalisation, BatchNormKeepsTheType) {
  const TensorType c = f32({3});
  EXPECT_TRUE(infers(inferred(OpKind::batch_norm, {f32({kDynamic, 3, 2, 2}), c, c, c, c}), f32({kDynamic, 3, 2, 2})));
  EXPECT_TRUE(infers(inferred(OpKind::batch_norm, {bf16({1, 3}), c, c, c, c}), bf16({1, 3})));
  EXPECT_TRUE(refuses(inferred(OpKind::batch_norm, {f32({1, 4, 2, 2}), c, c, c, c}), {"batch_norm", "[3]", "[4]"}));
  EXPECT_TRUE(refuses(inferred(OpKind::batch_norm, {f32({3}), c, c, c, c}), {"rank 2"}));
  EXPECT_TRUE(refuses(inferred(OpKind::batch_norm, {f32({1, 3}), c, c, c, f32({3, 1})}), {"variance"}));
  EXPECT_TRUE(refuses(inferred(OpKind::batch_norm, {f32({1, 3}), c, c, c, c}, {{"epsilon", -1.0}}), {"epsilon"}));
}

TEST(Normalisation, LayerNormTakesTheLastAxes) {
  EXPECT_TRUE(infers(inferred(OpKind::layer_norm, {f32({2, 3, 4})}), f32({2, 3, 4})));
  EXPECT_TRUE(infers(inferred(OpKind::layer_norm, {f32({kDynamic, 4}), f32({4}), f32({4})}), f32({kDynamic, 4})));
  EXPECT_TRUE(infers(inferred(OpKind::layer_norm, {f32({2, 3, 4}), f32({3, 4})}, {{"axes", 2}}), f32({2, 3, 4})));
  EXPECT_TRUE(refuses(inferred(OpKind::layer_norm, {f32({2, 3, 4}), f32({4})}, {{"axes", 2}}), {"scale", "[3, 4]"}));
  EXPECT_TRUE(refuses(inferred(OpKind::layer_norm, {f32({2, 3})}, {{"axes", 3}}), {"axes", "3"}));
  EXPECT_TRUE(refuses(inferred(OpKind::layer_norm, {f32({2, 3})}, {{"axes", 0}}), {"axes"}));
}

TEST(Normalisation, GroupNormDividesTheChannels) {
  const auto of = [](const Inputs& inputs, const Attributes& attributes) {
    return inferred(OpKind::group_norm, inputs, attributes);
  };
  EXPECT_TRUE(infers(of({f32({kDynamic, 6, 2, 2}), f32({6}), f32({6})}, {{"groups", 3}}), f32({kDynamic, 6, 2, 2})));
  EXPECT_TRUE(infers(of({bf16({1, 6})}, {}), bf16({1, 6})));
  EXPECT_TRUE(refuses(of({f32({1, 6, 4})}, {{"groups", 4}}), {"groups", "4"}));
  EXPECT_TRUE(refuses(of({f32({1, 6, 4})}, {{"groups", 0}}), {"groups"}));
  EXPECT_TRUE(refuses(of({f32({1, 6, 4}), f32({3})}, {{"groups", 3}}), {"scale", "[6]"}));
  EXPECT_TRUE(refuses(of({f32({1, 6, kDynamic})}, {}), {"batch"}));
  EXPECT_TRUE(refuses(of({f32({6})}, {}), {"rank 2"}));
}

TEST(Normalisation, RmsNormTakesTheLastAxes) {
  EXPECT_TRUE(infers(inferred(OpKind::rms_norm, {f32({kDynamic, 4}), f32({4})}), f32({kDynamic, 4})));
  EXPECT_TRUE(infers(inferred(OpKind::rms_norm, {f32({2, 3, 4}), f32({3, 4})}, {{"axes", 2}}), f32({2, 3, 4})));
  EXPECT_TRUE(refuses(inferred(OpKind::rms_norm, {f32({2, 3, 4}), f32({3})}), {"scale", "[4]"}));
  EXPECT_TRUE(refuses(inferred(OpKind::rms_norm, {f32({2, 3}), f32({3}), f32({3})}), {"3 inputs"}));
}

TEST(LayerNorm, DoesNotMixABatch) {
  EXPECT_TRUE(refuses(inferred(OpKind::layer_norm, {f32({kDynamic, 3})}, {{"axes", 2}}), {"batch", "[?, 3]"}));
  EXPECT_TRUE(infers(inferred(OpKind::layer_norm, {f32({2, 3})}, {{"axes", 2}}), f32({2, 3})));
}

}  // namespace
}  // namespace rheo::testing

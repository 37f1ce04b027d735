// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "op/activation.h"
#include "op/inferred.h"

namespace rheo::testing {
namespace {

TEST(Activation, KeepsTheType) {
  for (OpKind op : {OpKind::relu, OpKind::gelu, OpKind::clamp, OpKind::tanh}) {
    EXPECT_TRUE(infers(inferred(op, {f32({kDynamic, 2})}), f32({kDynamic, 2})));
    EXPECT_TRUE(infers(inferred(op, {bf16({})}), bf16({})));
  }
  const TensorType quantised = type_of(DType::u8, {2}, {0.5F});
  EXPECT_TRUE(infers(inferred(OpKind::relu6, {quantised}), quantised));
}

TEST(Activation, ChecksDtypesAndBounds) {
  EXPECT_TRUE(refuses(inferred(OpKind::sigmoid, {type_of(DType::u8, {2}, {0.5F})}), {"sigmoid", "u8"}));
  EXPECT_TRUE(refuses(inferred(OpKind::relu, {type_of(DType::i8, {2})}), {"scale"}));
  EXPECT_TRUE(refuses(inferred(OpKind::relu, {type_of(DType::f16, {2})}), {"f16"}));
  EXPECT_TRUE(refuses(inferred(OpKind::clamp, {f32({2})}, {{"min", 1.0}, {"max", 0.0}}), {"[1, 0]"}));
  EXPECT_TRUE(refuses(inferred(OpKind::gelu, {f32({2})}, {{"approximate", "sigmoid"}}), {"approximate", "sigmoid"}));
  EXPECT_TRUE(refuses(inferred(OpKind::celu, {f32({2})}, {{"alpha", 0}}), {"celu", "alpha"}));
}

TEST(Activation, ClampsIntegersBetweenWholeNumbers) {
  const TensorType x = type_of(DType::i64, {2});
  EXPECT_TRUE(infers(inferred(OpKind::clamp, {x}, {{"min", 0.5}, {"max", 1}}), x));
  EXPECT_TRUE(refuses(inferred(OpKind::clamp, {x}, {{"min", 0.25}, {"max", 0.75}}), {"[0.25, 0.75]", "whole"}));
  EXPECT_TRUE(refuses(inferred(OpKind::relu, {x}), {"i64"}));
}

TEST(Activation, ReadsItsSettingsAloneAndFused) {
  const ActivationSettings common = ActivationSettings::fused(OpKind::hardsigmoid, {});
  EXPECT_EQ(common.alpha, 1.0 / 6);
  EXPECT_EQ(common.beta, 0.5);
  EXPECT_EQ(ActivationSettings::alone(OpKind::hardsigmoid, {{"alpha", 0.25}, {"beta", 1}}).alpha, 0.25);
  EXPECT_EQ(ActivationSettings::alone(OpKind::leaky_relu, {}).alpha, 0.01);
  EXPECT_EQ(ActivationSettings::fused(OpKind::leaky_relu, {{"alpha", 0.25}}).alpha, 0.25);
  EXPECT_EQ(ActivationSettings::alone(OpKind::elu, {}).alpha, 1);
  EXPECT_NEAR(ActivationSettings::alone(OpKind::selu, {}).alpha, 1.6732632, 1e-7);
  EXPECT_NEAR(ActivationSettings::alone(OpKind::selu, {}).gamma, 1.0507010, 1e-7);
  EXPECT_FALSE(ActivationSettings::fused(OpKind::gelu, {}).is_tanh_approximate);
  EXPECT_TRUE(ActivationSettings::fused(OpKind::gelu, {{"approximate", "tanh"}}).is_tanh_approximate);
}

}  // namespace
}  // namespace rheo::testing

// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "load/aten/lowering_sample.h"

namespace rheo::aten {
namespace {

TEST(AtenLinear, WithConstantWeightsIsALayer) {
  AtenSample sample;
  sample.input("x", DType::f32, {kDynamic, 5, 2});
  sample.constant("w", testing::f32_of({3, 2}, {1, 2, 3, 4, 5, 6}));
  sample.node("aten.linear.default", {{"input", value_named("x")}, {"weight", value_named("w")}}).output("y");
  EXPECT_EQ(sample.ops(), Ops{"linear"});
  EXPECT_EQ(sample.shape(), (Shape{kDynamic, 5, 3}));
  EXPECT_EQ(one_aten("aten.linear.default", {{"input", {kDynamic, 2}}, {"weight", {3, 2}}}).shape(),
            (Shape{kDynamic, 3}));
}

TEST(AtenLinear, AddmmBecomesALayerWithABias) {
  AtenSample sample;
  sample.input("x", DType::f32, {kDynamic, 2});
  sample.constant("w", testing::f32_of({2, 3}, {1, 2, 3, 4, 5, 6})).constant("b", testing::f32_of({3}, {1, 2, 3}));
  sample.node(
      "aten.addmm.default",
      {{"self", value_named("b")}, {"mat1", value_named("x")}, {"mat2", value_named("w")}, {"beta", number(2)}});
  sample.output("y");
  EXPECT_EQ(sample.ops(), Ops{"linear"});
  EXPECT_TRUE(testing::is_identical(sample.answers({testing::f32_of({1, 2}, {1, 1})})[0],
                                    testing::f32_of({1, 3}, {7, 11, 15})));
}

TEST(AtenLinear, AttendsWithAndWithoutHeads) {
  const auto attention = [](const Shape& shape, testing::AtenArguments more = {}) {
    return one_aten("aten.scaled_dot_product_attention.default", {{"query", shape}, {"key", shape}, {"value", shape}},
                    std::move(more));
  };
  EXPECT_EQ(attention({kDynamic, 2, 5, 4}).ops(), Ops{"attention"});
  EXPECT_EQ(attention({kDynamic, 5, 4}).shape(), (Shape{kDynamic, 5, 4}));
  EXPECT_FALSE(attention({5, 4}).refusal().ok());
  EXPECT_FALSE(attention({kDynamic, 2, 5, 4}, {{"dropout_p", real(0.5)}}).refusal().ok());
  EXPECT_FALSE(attention({kDynamic, 2, 5, 4}, {{"enable_gqa", truth(true)}}).refusal().ok());
}

TEST(AtenLinear, RefusesProductsOfNumbers) {
  EXPECT_FALSE(one_aten("aten.matmul.default", {{"self", {2, 2}}}, {{"other", real(2)}}).refusal().ok());
  EXPECT_FALSE(one_aten("aten.einsum.default", {}, {{"equation", text("i->i")}, {"tensors", values_named({""})}})
                   .refusal()
                   .ok());
}

}  // namespace
}  // namespace rheo::aten

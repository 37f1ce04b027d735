// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "op/inferred.h"

namespace rheo::testing {
namespace {

TEST(Schemas, AreInTheOrderOfTheirKinds) {
  std::size_t index = 0;
  for (const OpSchema& schema : op_schemas()) {
    EXPECT_EQ(static_cast<std::size_t>(schema.kind), index++);
    EXPECT_EQ(&schema_of(schema.kind), &schema);
    EXPECT_LE(schema.min_inputs, schema.max_inputs);
  }
}

TEST(Schemas, FindOpsByName) {
  for (const OpSchema& schema : op_schemas()) EXPECT_EQ(op_from_name(schema.name).value(), schema.kind);
  EXPECT_EQ(name_of(OpKind::adaptive_avg_pool2d), "adaptive_avg_pool2d");
  const Result<OpKind> unknown = op_from_name("conv3d");
  EXPECT_EQ(unknown.status().code(), StatusCode::unsupported);
  EXPECT_NE(unknown.status().message().find("conv3d"), std::string::npos);
}

TEST(Schemas, CountMultiplyAdds) {
  const auto count = [](OpKind kind, const std::vector<TensorType>& inputs, const TensorType& output) {
    std::vector<const TensorType*> pointers;
    for (const TensorType& input : inputs) pointers.push_back(&input);
    return schema_of(kind).multiply_adds({Attributes(), pointers}, output);
  };
  EXPECT_EQ(count(OpKind::conv2d, {f32({2, 4, 5, 5}), f32({6, 2, 3, 3})}, f32({2, 6, 3, 3})), 2 * 6 * 9 * 2 * 9);
  EXPECT_EQ(count(OpKind::conv2d, {f32({kDynamic, 4, 5, 5}), f32({6, 2, 3, 3})}, f32({kDynamic, 6, 3, 3})), 6 * 9 * 18);
  EXPECT_EQ(count(OpKind::linear, {f32({3, 4}), f32({5, 4})}, f32({3, 5})), 60);
  EXPECT_EQ(count(OpKind::matmul, {f32({2, 3, 4}), f32({4, 5})}, f32({2, 3, 5})), 120);
  EXPECT_EQ(count(OpKind::conv_transpose2d, {f32({1, 4, 5, 5}), f32({4, 3, 2, 2})}, f32({1, 3, 6, 6})), 100 * 12);
  EXPECT_EQ(count(OpKind::relu, {f32({8})}, f32({8})), 0);
  EXPECT_EQ(count(OpKind::add, {f32({8}), f32({8})}, f32({8})), 8);
  const std::int64_t huge = std::int64_t{1} << 40;
  EXPECT_EQ(count(OpKind::linear, {f32({huge, huge}), f32({huge, huge})}, f32({huge, huge})), INT64_MAX);
}

TEST(Schemas, KnowActivations) {
  EXPECT_TRUE(is_activation(OpKind::relu));
  EXPECT_TRUE(is_activation(OpKind::clamp));
  EXPECT_TRUE(is_activation(OpKind::leaky_relu));
  EXPECT_TRUE(is_activation(OpKind::elu));
  EXPECT_FALSE(is_activation(OpKind::exp));
  EXPECT_FALSE(is_activation(OpKind::layer_norm));
  EXPECT_FALSE(is_activation(OpKind::add));
}

}  // namespace
}  // namespace rheo::testing

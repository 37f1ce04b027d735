// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/aten_sample.h"
#include "support/tensors.h"

namespace rheo::aten {
namespace {

using testing::AtenSample;
using testing::number;
using testing::real;
using testing::value_named;

DType sum_of(DType a, const Shape& a_shape, const Argument& b, DType b_dtype = DType::f32, const Shape& b_shape = {}) {
  AtenSample sample;
  sample.input("a", a, a_shape).input("b", b_dtype, b_shape);
  sample.node("aten.add.Tensor", {{"self", value_named("a")}, {"other", b}}).output("y");
  const auto graph = sample.graph();
  return graph->value(graph->exits()[0].value).type.dtype;
}

TEST(AtenPromotion, TakesTheHighestKind) {
  EXPECT_EQ(sum_of(DType::i64, {2}, value_named("b"), DType::f32, {2}), DType::f32);
  EXPECT_EQ(sum_of(DType::i64, {2}, real(0.5)), DType::f32);
  EXPECT_EQ(sum_of(DType::f32, {2}, number(1)), DType::f32);
  EXPECT_EQ(sum_of(DType::f32, {}, value_named("b"), DType::i64, {2}), DType::f32);
}

TEST(AtenPromotion, LetsTensorsDecideWithinAKind) {
  EXPECT_EQ(sum_of(DType::i32, {2}, number(1)), DType::i32);
  EXPECT_EQ(sum_of(DType::i32, {2}, value_named("b"), DType::i64, {}), DType::i32);
  EXPECT_EQ(sum_of(DType::i32, {2}, value_named("b"), DType::i64, {2}), DType::i64);
  EXPECT_EQ(sum_of(DType::u8, {2}, value_named("b"), DType::i8, {2}), DType::i32);
}

TEST(AtenPromotion, DividesInFloats) {
  AtenSample sample;
  sample.input("a", DType::i64, {2});
  sample.node("aten.div.Tensor", {{"self", value_named("a")}, {"other", number(2)}}).output("y");
  const auto answer = sample.answers({testing::tensor_of(DType::i64, {2}, {3, 4})})[0];
  EXPECT_TRUE(testing::is_identical(answer, testing::f32_of({2}, {1.5, 2})));
}

}  // namespace
}  // namespace rheo::aten

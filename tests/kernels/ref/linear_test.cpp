// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

TEST(RefLinear, MultipliesRowsByWeightsAndAddsBias) {
  const KernelRun run{
      .inputs = {{f32_of({2, 3}, {1, 2, 3, 4, 5, 6})}, {f32_of({2, 3}, {1, 0, -1, 2, 2, 2})}, {f32_of({2}, {10, 20})}}};
  EXPECT_TRUE(is_identical(reference_output(OpKind::linear, run), f32_of({2, 2}, {8, 32, 8, 50})));
}

TEST(RefLinear, KeepsLeadingDimensions) {
  const KernelRun run{.inputs = {{f32_of({2, 1, 2}, {1, 2, 3, 4})}, {f32_of({3, 2}, {1, 0, 0, 1, 1, 1})}}};
  EXPECT_TRUE(is_identical(reference_output(OpKind::linear, run), f32_of({2, 1, 3}, {1, 2, 3, 3, 4, 7})));
  const KernelRun vector{.inputs = {{f32_of({2}, {1, 2})}, {f32_of({1, 2}, {3, 4})}}};
  EXPECT_TRUE(is_identical(reference_output(OpKind::linear, vector), f32_of({1}, {11})));
}

TEST(RefLinear, AddsTheResidualBeforeTheActivation) {
  const KernelRun run{.attributes = {{"activation", "relu6"}},
                      .inputs = {{f32_of({3, 1}, {1, 2, 3})}, {f32_of({1, 1}, {2})}, {}, {f32_of({3, 1}, {-5, 1, 1})}}};
  EXPECT_TRUE(is_identical(reference_output(OpKind::linear, run), f32_of({3, 1}, {0, 5, 6})));
}

TEST(RefLinear, TakesSignedAndUnsignedEightBit) {
  const KernelInput weights{tensor_of(DType::i8, {1, 2}, {-128, 127}), {{0.5F}, 0}};
  const KernelInput low{tensor_of(DType::i8, {1, 2}, {127, -128}), {{2.0F}, 0}};
  EXPECT_TRUE(
      is_identical(reference_output(OpKind::linear, {.inputs = {low, weights}}), f32_of({1, 1}, {-2 * 128 * 127})));
  const KernelInput high{tensor_of(DType::u8, {1, 2}, {0, 255}), {{2.0F}, 0}};
  EXPECT_TRUE(is_identical(reference_output(OpKind::linear, {.inputs = {high, weights}}), f32_of({1, 1}, {255 * 127})));
  const KernelRun narrow{.attributes = {{"out_dtype", "u8"}, {"out_scale", 127.0}}, .inputs = {high, weights}};
  EXPECT_TRUE(is_identical(reference_output(OpKind::linear, narrow), tensor_of(DType::u8, {1, 1}, {255})));
}

}  // namespace
}  // namespace rheo::testing

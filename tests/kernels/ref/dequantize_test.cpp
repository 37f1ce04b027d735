// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

TEST(RefDequantize, MultipliesByTheScale) {
  const KernelInput x{tensor_of(DType::i8, {3}, {-128, 0, 127}), {{0.5F}, 0}};
  EXPECT_TRUE(is_identical(reference_output(OpKind::dequantize, {.inputs = {x}}), f32_of({3}, {-64, 0, 63.5})));
  EXPECT_TRUE(is_identical(reference_output(OpKind::dequantize, {.attributes = {{"dtype", "bf16"}}, .inputs = {x}}),
                           tensor_of(DType::bf16, {3}, {-64, 0, 63.5})));
}

TEST(RefDequantize, TakesScalesAlongAnAxis) {
  const Tensor values = tensor_of(DType::i8, {2, 3}, {1, 2, 3, 4, 5, 6});
  EXPECT_TRUE(is_identical(reference_output(OpKind::dequantize, {.inputs = {{values, {{1.0F, 10.0F}, 0}}}}),
                           f32_of({2, 3}, {1, 2, 3, 40, 50, 60})));
  EXPECT_TRUE(is_identical(reference_output(OpKind::dequantize, {.inputs = {{values, {{1.0F, 10.0F, 0.5F}, 1}}}}),
                           f32_of({2, 3}, {1, 20, 1.5, 4, 50, 3})));
}

}  // namespace
}  // namespace rheo::testing

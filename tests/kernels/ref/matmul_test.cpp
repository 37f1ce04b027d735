// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

TEST(RefMatmul, MultipliesMatrices) {
  const KernelRun run{.inputs = {{f32_of({2, 2}, {1, 2, 3, 4})}, {f32_of({2, 3}, {1, 0, 2, 0, 1, 3})}}};
  EXPECT_TRUE(is_identical(reference_output(OpKind::matmul, run), f32_of({2, 3}, {1, 2, 8, 3, 4, 18})));
}

TEST(RefMatmul, BroadcastsLeadingDimensions) {
  const KernelRun run{.inputs = {{f32_of({2, 1, 1, 2}, {1, 2, 3, 4})}, {f32_of({2, 2, 1}, {1, 1, 10, 1})}}};
  EXPECT_TRUE(is_identical(reference_output(OpKind::matmul, run), f32_of({2, 2, 1, 1}, {3, 12, 7, 34})));
}

TEST(RefMatmul, RepeatsAMatrixOverTheBatch) {
  const KernelRun run{.inputs = {{f32_of({2, 1, 1}, {2, 3})}, {f32_of({1, 2}, {5, 7})}}};
  EXPECT_TRUE(is_identical(reference_output(OpKind::matmul, run), f32_of({2, 1, 2}, {10, 14, 15, 21})));
}

TEST(RefMatmul, GivesZerosForAnEmptySum) {
  const KernelRun run{.inputs = {{f32_of({2, 0}, {})}, {f32_of({0, 1}, {})}}};
  EXPECT_TRUE(is_identical(reference_output(OpKind::matmul, run), f32_of({2, 1}, {0, 0})));
}

TEST(RefMatmul, RoundsBf16Once) {
  const KernelRun run{
      .inputs = {{tensor_of(DType::bf16, {1, 3}, {1, 1, 1})}, {tensor_of(DType::bf16, {3, 1}, {256, 0.75, 0.75})}}};
  // 257.5 lies between 256 and 258; adding one by one in bf16 would stay at 256.
  EXPECT_TRUE(is_identical(reference_output(OpKind::matmul, run), tensor_of(DType::bf16, {1, 1}, {258})));
}

}  // namespace
}  // namespace rheo::testing

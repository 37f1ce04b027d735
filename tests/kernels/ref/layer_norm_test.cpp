// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

TEST(RefLayerNorm, NormalisesTheLastDimension) {
  const KernelRun run{.attributes = {{"epsilon", 0.0}}, .inputs = {{f32_of({2, 2}, {1, 3, -10, 10})}}};
  EXPECT_TRUE(is_identical(reference_output(OpKind::layer_norm, run), f32_of({2, 2}, {-1, 1, -1, 1})));
}

TEST(RefLayerNorm, ScalesAndShiftsSeveralDimensionsTogether) {
  const KernelRun run{
      .attributes = {{"epsilon", 3.0}, {"axes", 2}},
      .inputs = {{f32_of({1, 2, 2}, {1, 3, 1, 3})}, {f32_of({2, 2}, {2, 4, 6, 8})}, {f32_of({2, 2}, {0, 0, 0, 100})}}};
  EXPECT_TRUE(is_identical(reference_output(OpKind::layer_norm, run), f32_of({1, 2, 2}, {-1, 2, -3, 104})));
}

TEST(RefLayerNorm, TakesAShiftWithoutAScale) {
  const KernelRun run{.attributes = {{"epsilon", 0.0}},
                      .inputs = {{f32_of({1, 2}, {4, 8})}, {}, {f32_of({2}, {10, 20})}}};
  EXPECT_TRUE(is_identical(reference_output(OpKind::layer_norm, run), f32_of({1, 2}, {9, 21})));
}

TEST(RefLayerNorm, IsNotLostInALargeMean) {
  const KernelRun run{.attributes = {{"epsilon", 0.0}}, .inputs = {{f32_of({1, 2}, {1e6, 1e6 + 2})}}};
  EXPECT_TRUE(is_identical(reference_output(OpKind::layer_norm, run), f32_of({1, 2}, {-1, 1})));
}

}  // namespace
}  // namespace rheo::testing

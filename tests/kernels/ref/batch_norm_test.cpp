// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

TEST(RefBatchNorm, NormalisesEachChannel) {
  const KernelRun run{.attributes = {{"epsilon", 0.0}},
                      .inputs = {{f32_of({2, 2, 1, 2}, {1, 2, 3, 4, 5, 6, 7, 8})},
                                 {f32_of({2}, {2, 10})},
                                 {f32_of({2}, {0, 1})},
                                 {f32_of({2}, {1, 3})},
                                 {f32_of({2}, {4, 0.25})}}};
  EXPECT_TRUE(
      is_identical(reference_output(OpKind::batch_norm, run), f32_of({2, 2, 1, 2}, {0, 1, 1, 21, 4, 5, 81, 101})));
}

TEST(RefBatchNorm, AddsEpsilonToTheVarianceAndTakesRankTwo) {
  const KernelRun run{
      .attributes = {{"epsilon", 0.25}},
      .inputs = {
          {f32_of({1, 1}, {3})}, {f32_of({1}, {1})}, {f32_of({1}, {0})}, {f32_of({1}, {1})}, {f32_of({1}, {0})}}};
  EXPECT_TRUE(is_identical(reference_output(OpKind::batch_norm, run), f32_of({1, 1}, {4})));
}

}  // namespace
}  // namespace rheo::testing

// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

TEST(RefRmsNorm, DividesByTheRootOfTheMeanSquare) {
  const KernelRun run{.attributes = {{"epsilon", 0.0}}, .inputs = {{f32_of({2, 2}, {1, 7, -5, 5})}}};
  EXPECT_TRUE(is_close(reference_output(OpKind::rms_norm, run), f32_of({2, 2}, {0.2, 1.4, -1, 1})));
}

TEST(RefRmsNorm, ScalesSeveralDimensionsTogether) {
  const KernelRun run{.attributes = {{"epsilon", 3.0}, {"axes", 2}},
                      .inputs = {{f32_of({1, 2, 2}, {1, 1, 1, 1})}, {f32_of({2, 2}, {2, 4, 6, 8})}}};
  EXPECT_TRUE(is_identical(reference_output(OpKind::rms_norm, run), f32_of({1, 2, 2}, {1, 2, 3, 4})));
}

}  // namespace
}  // namespace rheo::testing

// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

TEST(RefLpNormalize, DividesByTheNormAndKeepsZeros) {
  KernelRun run{.inputs = {{f32_of({2, 2}, {3, -4, 0, 0})}}};
  EXPECT_TRUE(is_close(reference_output(OpKind::lp_normalize, run), f32_of({2, 2}, {0.6, -0.8, 0, 0})));
  run.attributes = {{"p", 1}};
  run.inputs = {{f32_of({2, 2}, {3, -1, 0, 0})}};
  EXPECT_TRUE(is_close(reference_output(OpKind::lp_normalize, run), f32_of({2, 2}, {0.75, -0.25, 0, 0})));
}

TEST(RefLpNormalize, AlongAnyAxis) {
  const KernelRun run{.attributes = {{"axis", 0}}, .inputs = {{f32_of({2, 2}, {3, 0, 4, -2})}}};
  EXPECT_TRUE(is_close(reference_output(OpKind::lp_normalize, run), f32_of({2, 2}, {0.6, 0, 0.8, -1})));
}

}  // namespace
}  // namespace rheo::testing

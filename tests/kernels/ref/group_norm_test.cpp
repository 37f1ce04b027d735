// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "kernels/ref/pattern.h"
#include "support/kernel_runner.h"

namespace rheo::testing {
namespace {

TEST(RefGroupNorm, AsAnotherImplementation) {
  const KernelRun run{.attributes = {{"groups", 2}, {"epsilon", 1e-3}},
                      .inputs = {{pattern_of({1, 4, 2}, 1)}, {pattern_of({4}, 2)}, {pattern_of({4}, 3)}}};
  EXPECT_TRUE(
      is_close(reference_output(OpKind::group_norm, run),
               f32_of({1, 4, 2}, {0.575254, 0.973222, 0.995554, 0.000635125, -0.465065, -0.184862, 0.409935, 0.890282}),
               Tolerance{.absolute = 1e-6, .relative = 1e-5}));
}

TEST(RefGroupNorm, OfOneChannelEachIsAnInstanceNorm) {
  const KernelRun run{.attributes = {{"groups", 2}, {"epsilon", 0.0}},
                      .inputs = {{f32_of({1, 2, 2}, {1, 3, -10, 10})}, {}, {f32_of({2}, {0, 100})}}};
  EXPECT_TRUE(is_identical(reference_output(OpKind::group_norm, run), f32_of({1, 2, 2}, {-1, 1, 99, 101})));
}

}  // namespace
}  // namespace rheo::testing

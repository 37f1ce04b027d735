// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "kernels/ref/pattern.h"
#include "support/kernel_runner.h"

namespace rheo::testing {
namespace {

TEST(RefLocalResponseNorm, AsAnotherImplementation) {
  const KernelRun run{.attributes = {{"size", 3}, {"alpha", 0.5}, {"beta", 0.75}, {"bias", 2.0}},
                      .inputs = {{pattern_of({1, 5, 1, 2}, 1)}}};
  EXPECT_TRUE(is_close(reference_output(OpKind::local_response_norm, run),
                       f32_of({1, 5, 1, 2}, {0.144575, -0.147929, 0.358408, 0.0728368, -0.215848, 0.288067, 0,
                                             -0.288067, 0.221036, -0.0731149}),
                       Tolerance{.absolute = 1e-6, .relative = 1e-5}));
}

// An even window has its odd element behind the channel.
TEST(RefLocalResponseNorm, OfAnEvenWindow) {
  const KernelRun run{.attributes = {{"size", 2}, {"alpha", 2.0}, {"beta", 1.0}, {"bias", 1.0}},
                      .inputs = {{f32_of({1, 3}, {1, 2, 3})}}};
  EXPECT_TRUE(
      is_close(reference_output(OpKind::local_response_norm, run), f32_of({1, 3}, {1.0 / 6, 2.0 / 14, 3.0 / 10})));
}

}  // namespace
}  // namespace rheo::testing

// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "kernels/ref/pattern.h"
#include "support/kernel_runner.h"

namespace rheo::testing {
namespace {

using Integers = std::vector<std::int64_t>;

TEST(RefConvTranspose2d, SpreadsEveryElementByItsKernel) {
  const KernelRun run{.attributes = {{"strides", Integers{1, 2}}},
                      .inputs = {{f32_of({1, 1, 1, 2}, {1, 10})}, {f32_of({1, 1, 1, 3}, {1, 2, 3})}}};
  EXPECT_TRUE(is_identical(reference_output(OpKind::conv_transpose2d, run), f32_of({1, 1, 1, 5}, {1, 2, 13, 20, 30})));
}

// Computed by ONNX Runtime 1.32.
TEST(RefConvTranspose2d, WithEverySetting) {
  const KernelRun run{.attributes = {{"groups", 2},
                                     {"strides", Integers{2, 1}},
                                     {"pads", Integers{1, 0, 1, 1}},
                                     {"output_padding", Integers{1, 0}},
                                     {"dilations", Integers{1, 2}}},
                      .inputs = {{pattern_of({1, 2, 2, 2}, 1)}, {pattern_of({2, 2, 3, 2}, 2)}, {pattern_of({4}, 3)}}};
  EXPECT_TRUE(is_close(
      reference_output(OpKind::conv_transpose2d, run),
      f32_of({1, 4, 4, 3},
             {0.65625,   0.59375,  0.53125, 0.59375,  0.46875,   1.01562, 0.703125, 0.640625, 0.390625, 0.9375,
              0.6875,    0.625,    0.09375, 0.15625,  -0.03125,  -0.125,  0,        0.296875, 0.046875, 0.109375,
              -0.265625, 0.28125,  0.15625, -0.03125, -0.234375, -0.5625, -0.5625,  -0.375,   -0.6875,  -0.1875,
              -0.375,    -0.1875,  -0.375,  -0.375,   -0.375,    -0.375,  0.734375, 0.1875,   0.40625,  0.59375,
              0.1875,    0.265625, 0.5,     0.8125,   0.5,       0.5,     0.625,    0.5}),
      Tolerance{.absolute = 1e-5, .relative = 1e-5}));
}

TEST(RefConvTranspose2d, FusesAnActivation) {
  const KernelRun run{.attributes = {{"activation", "relu"}},
                      .inputs = {{f32_of({1, 1, 1, 2}, {1, -1})}, {f32_of({1, 1, 1, 1}, {2})}, {f32_of({1}, {1})}}};
  EXPECT_TRUE(is_identical(reference_output(OpKind::conv_transpose2d, run), f32_of({1, 1, 1, 2}, {3, 0})));
}

}  // namespace
}  // namespace rheo::testing

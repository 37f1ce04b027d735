// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

using Integers = std::vector<std::int64_t>;

TEST(RefTranspose, SwapsDimensions) {
  const KernelRun run{.attributes = {{"permutation", Integers{1, 0}}},
                      .inputs = {{f32_of({2, 3}, {1, 2, 3, 4, 5, 6})}}};
  EXPECT_TRUE(is_identical(reference_output(OpKind::transpose, run), f32_of({3, 2}, {1, 4, 2, 5, 3, 6})));
}

TEST(RefTranspose, TurnsThreeDimensionsRound) {
  // y[k, i, j] = x[i, j, k] with x of [1, 2, 3].
  const KernelRun run{.attributes = {{"permutation", Integers{2, 0, 1}}},
                      .inputs = {{tensor_of(DType::u8, {1, 2, 3}, {1, 2, 3, 4, 5, 6})}}};
  EXPECT_TRUE(
      is_identical(reference_output(OpKind::transpose, run), tensor_of(DType::u8, {3, 1, 2}, {1, 4, 2, 5, 3, 6})));
}

}  // namespace
}  // namespace rheo::testing

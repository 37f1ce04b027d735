// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

using Integers = std::vector<std::int64_t>;

TEST(RefTile, RepeatsAlongEveryDimension) {
  const Tensor x = f32_of({2, 2}, {1, 2, 3, 4});
  EXPECT_TRUE(
      is_identical(reference_output(OpKind::tile, {.attributes = {{"repeats", Integers{2, 2}}}, .inputs = {{x}}}),
                   f32_of({4, 4}, {1, 2, 1, 2, 3, 4, 3, 4, 1, 2, 1, 2, 3, 4, 3, 4})));
  EXPECT_EQ(reference_output(OpKind::tile, {.attributes = {{"repeats", Integers{0, 1}}}, .inputs = {{x}}}).shape(),
            (Shape{0, 2}));
}

}  // namespace
}  // namespace rheo::testing

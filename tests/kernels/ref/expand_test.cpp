// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

using Integers = std::vector<std::int64_t>;

TEST(RefExpand, RepeatsWhatHasSizeOne) {
  const Tensor x = f32_of({2, 1}, {1, 2});
  EXPECT_TRUE(
      is_identical(reference_output(OpKind::expand, {.attributes = {{"shape", Integers{2, -1, 3}}}, .inputs = {{x}}}),
                   f32_of({2, 2, 3}, {1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2})));
}

}  // namespace
}  // namespace rheo::testing

// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

TEST(RefDepthToSpace, SpreadsChannelsOverBlocks) {
  const Tensor x = f32_of({1, 8, 1, 1}, {0, 1, 2, 3, 4, 5, 6, 7});
  const auto spread = [&](const char* mode) {
    return reference_output(OpKind::depth_to_space, {.attributes = {{"block", 2}, {"mode", mode}}, .inputs = {{x}}});
  };
  EXPECT_TRUE(is_identical(spread("dcr"), f32_of({1, 2, 2, 2}, {0, 2, 4, 6, 1, 3, 5, 7})));
  EXPECT_TRUE(is_identical(spread("crd"), f32_of({1, 2, 2, 2}, {0, 1, 2, 3, 4, 5, 6, 7})));
}

}  // namespace
}  // namespace rheo::testing

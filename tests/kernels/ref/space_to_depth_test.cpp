// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

TEST(RefSpaceToDepth, IsTheOtherWayRound) {
  const Tensor x = random_tensor_of(DType::f32, {2, 3, 4, 6}, 1);
  for (const char* mode : {"dcr", "crd"}) {
    const Attributes attributes{{"block", 2}, {"mode", mode}};
    const Tensor folded = reference_output(OpKind::space_to_depth, {.attributes = attributes, .inputs = {{x}}});
    EXPECT_EQ(folded.shape(), (Shape{2, 12, 2, 3}));
    EXPECT_TRUE(
        is_identical(reference_output(OpKind::depth_to_space, {.attributes = attributes, .inputs = {{folded}}}), x));
  }
}

TEST(RefSpaceToDepth, PutsBlocksIntoChannels) {
  const Tensor x = f32_of({1, 1, 2, 4}, {0, 1, 2, 3, 4, 5, 6, 7});
  EXPECT_TRUE(is_identical(reference_output(OpKind::space_to_depth, {.attributes = {{"block", 2}}, .inputs = {{x}}}),
                           f32_of({1, 4, 1, 2}, {0, 2, 1, 3, 4, 6, 5, 7})));
}

}  // namespace
}  // namespace rheo::testing

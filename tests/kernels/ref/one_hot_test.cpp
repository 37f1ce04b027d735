// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

TEST(RefOneHot, MarksTheIndex) {
  const Tensor places = tensor_of(DType::i64, {3}, {1, -1, 7});
  const Tensor values = f32_of({2}, {-1, 2});
  EXPECT_TRUE(
      is_identical(reference_output(OpKind::one_hot, {.attributes = {{"depth", 3}}, .inputs = {{places}, {values}}}),
                   f32_of({3, 3}, {-1, 2, -1, -1, -1, 2, -1, -1, -1})));
  EXPECT_TRUE(is_identical(
      reference_output(OpKind::one_hot, {.attributes = {{"depth", 3}, {"axis", 0}}, .inputs = {{places}, {values}}}),
      f32_of({3, 3}, {-1, -1, -1, 2, -1, -1, -1, 2, -1})));
}

}  // namespace
}  // namespace rheo::testing

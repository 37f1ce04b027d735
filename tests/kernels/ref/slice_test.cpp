// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

TEST(RefSlice, TakesEveryStepAlongAnAxis) {
  const Tensor x = f32_of({2, 5}, {0, 1, 2, 3, 4, 10, 11, 12, 13, 14});
  EXPECT_TRUE(is_identical(
      reference_output(OpKind::slice, {.attributes = {{"axis", 1}, {"start", 1}, {"step", 2}}, .inputs = {{x}}}),
      f32_of({2, 2}, {1, 3, 11, 13})));
  EXPECT_TRUE(is_identical(
      reference_output(OpKind::slice, {.attributes = {{"axis", 1}, {"start", -3}, {"end", -1}}, .inputs = {{x}}}),
      f32_of({2, 2}, {2, 3, 12, 13})));
  EXPECT_TRUE(is_identical(reference_output(OpKind::slice, {.attributes = {{"axis", 0}, {"end", 1}}, .inputs = {{x}}}),
                           f32_of({1, 5}, {0, 1, 2, 3, 4})));
}

TEST(RefSlice, GoesBackwards) {
  const Tensor x = f32_of({2, 4}, {0, 1, 2, 3, 10, 11, 12, 13});
  EXPECT_TRUE(
      is_identical(reference_output(OpKind::slice, {.attributes = {{"axis", 1}, {"step", -1}}, .inputs = {{x}}}),
                   f32_of({2, 4}, {3, 2, 1, 0, 13, 12, 11, 10})));
  EXPECT_TRUE(is_identical(
      reference_output(OpKind::slice,
                       {.attributes = {{"axis", 1}, {"start", -1}, {"end", 0}, {"step", -2}}, .inputs = {{x}}}),
      f32_of({2, 2}, {3, 1, 13, 11})));
  EXPECT_TRUE(is_identical(reference_output(OpKind::slice, {.attributes = {{"step", -1}}, .inputs = {{x}}}),
                           f32_of({2, 4}, {10, 11, 12, 13, 0, 1, 2, 3})));
}

TEST(RefSlice, MayBeEmpty) {
  const KernelRun run{.attributes = {{"start", 2}, {"end", 1}}, .inputs = {{f32_of({3}, {1, 2, 3})}}};
  EXPECT_EQ(reference_output(OpKind::slice, run).shape(), (Shape{0}));
}

}  // namespace
}  // namespace rheo::testing

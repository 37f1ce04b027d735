// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

using Integers = std::vector<std::int64_t>;

TEST(RefMean, AveragesTheNamedAxes) {
  const Tensor x = f32_of({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
  EXPECT_TRUE(is_identical(reference_output(OpKind::mean, {.attributes = {{"axes", Integers{0, 2}}}, .inputs = {{x}}}),
                           f32_of({2}, {3.5, 5.5})));
  EXPECT_TRUE(is_identical(
      reference_output(OpKind::mean, {.attributes = {{"axes", Integers{-1}}, {"keep_dims", 1}}, .inputs = {{x}}}),
      f32_of({2, 2, 1}, {1.5, 3.5, 5.5, 7.5})));
  EXPECT_TRUE(
      is_identical(reference_output(OpKind::mean, {.attributes = {{"axes", Integers{0, 1, 2}}}, .inputs = {{x}}}),
                   f32_of({}, {4.5})));
}

}  // namespace
}  // namespace rheo::testing

// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <limits>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

using Integers = std::vector<std::int64_t>;

TEST(RefReshape, KeepsElementsInOrder) {
  const Tensor x = f32_of({2, 3}, {1, 2, 3, 4, 5, 6});
  EXPECT_TRUE(
      is_identical(reference_output(OpKind::reshape, {.attributes = {{"shape", Integers{3, -1}}}, .inputs = {{x}}}),
                   f32_of({3, 2}, {1, 2, 3, 4, 5, 6})));
  EXPECT_TRUE(is_identical(reference_output(OpKind::flatten, {.attributes = {{"start", 0}}, .inputs = {{x}}}),
                           f32_of({6}, {1, 2, 3, 4, 5, 6})));
}

TEST(RefReshape, CopiesWideIntegersBitByBit) {
  Tensor x = Tensor::of<std::int64_t>({std::numeric_limits<std::int64_t>::max(), -1}, {2}).value();
  const Tensor y = reference_output(OpKind::reshape, {.attributes = {{"shape", Integers{1, 2}}}, .inputs = {{x}}});
  EXPECT_EQ(y.as<std::int64_t>()[0], std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(y.as<std::int64_t>()[1], -1);
}

}  // namespace
}  // namespace rheo::testing

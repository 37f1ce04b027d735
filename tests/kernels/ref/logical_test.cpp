// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

Tensor flags(const Shape& shape, const std::vector<double>& values) { return tensor_of(DType::boolean, shape, values); }

TEST(RefLogical, HasTheTruthTablesOfItsNames) {
  const KernelRun run{.inputs = {{flags({2, 1}, {0, 1})}, {flags({2}, {0, 1})}}};
  EXPECT_TRUE(is_identical(reference_output(OpKind::logical_and, run), flags({2, 2}, {0, 0, 0, 1})));
  EXPECT_TRUE(is_identical(reference_output(OpKind::logical_or, run), flags({2, 2}, {0, 1, 1, 1})));
  EXPECT_TRUE(is_identical(reference_output(OpKind::logical_xor, run), flags({2, 2}, {0, 1, 1, 0})));
  EXPECT_TRUE(is_identical(reference_output(OpKind::logical_not, {.inputs = {{flags({2, 1}, {0, 1})}}}),
                           flags({2, 1}, {1, 0})));
}

}  // namespace
}  // namespace rheo::testing

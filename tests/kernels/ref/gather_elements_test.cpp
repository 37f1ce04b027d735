// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

TEST(RefGatherElements, TakesOneElementPerIndex) {
  const Tensor x = f32_of({2, 3}, {1, 2, 3, 4, 5, 6});
  const Tensor columns = tensor_of(DType::i64, {2, 2}, {2, 0, 1, -3});
  EXPECT_TRUE(
      is_identical(reference_output(OpKind::gather_elements, {.attributes = {{"axis", 1}}, .inputs = {{x}, {columns}}}),
                   f32_of({2, 2}, {3, 1, 5, 4})));
  const Tensor rows = tensor_of(DType::i32, {1, 2}, {1, 0});
  EXPECT_TRUE(
      is_identical(reference_output(OpKind::gather_elements, {.inputs = {{x}, {rows}}}), f32_of({1, 2}, {4, 2})));
}

TEST(RefGatherElements, AnIndexOutOfRangeIsAnError) {
  const KernelRun run{.inputs = {{f32_of({2}, {1, 2})}, {tensor_of(DType::i64, {1}, {2})}}};
  EXPECT_EQ(run_reference(OpKind::gather_elements, run).status().code(), StatusCode::invalid_argument);
}

}  // namespace
}  // namespace rheo::testing

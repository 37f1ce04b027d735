// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

TEST(RefScatterNd, WritesSlicesAndElements) {
  const Tensor x = f32_of({3, 2}, {1, 2, 3, 4, 5, 6});
  const Tensor rows = tensor_of(DType::i64, {2, 1}, {2, -3});
  EXPECT_TRUE(
      is_identical(reference_output(OpKind::scatter_nd, {.inputs = {{x}, {rows}, {f32_of({2, 2}, {9, 8, 7, 6})}}}),
                   f32_of({3, 2}, {7, 6, 3, 4, 9, 8})));
  const Tensor pairs = tensor_of(DType::i32, {2, 2}, {1, 1, 1, 1});
  EXPECT_TRUE(is_identical(reference_output(OpKind::scatter_nd, {.attributes = {{"reduction", "add"}},
                                                                 .inputs = {{x}, {pairs}, {f32_of({2}, {10, 20})}}}),
                           f32_of({3, 2}, {1, 2, 3, 34, 5, 6})));
}

TEST(RefScatterNd, AnIndexOutOfRangeIsAnError) {
  const KernelRun run{.inputs = {{f32_of({2}, {1, 2})}, {tensor_of(DType::i64, {1, 1}, {2})}, {f32_of({1}, {1})}}};
  EXPECT_EQ(run_reference(OpKind::scatter_nd, run).status().code(), StatusCode::invalid_argument);
}

}  // namespace
}  // namespace rheo::testing

// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

TEST(RefGatherNd, ReadsAtTuples) {
  const Tensor x = f32_of({2, 2, 2}, {0, 1, 2, 3, 4, 5, 6, 7});
  const Tensor pairs = tensor_of(DType::i64, {2, 2}, {0, 1, 1, -2});
  EXPECT_TRUE(
      is_identical(reference_output(OpKind::gather_nd, {.inputs = {{x}, {pairs}}}), f32_of({2, 2}, {2, 3, 4, 5})));
  const Tensor single = tensor_of(DType::i32, {2, 1}, {1, 0});
  EXPECT_TRUE(
      is_identical(reference_output(OpKind::gather_nd, {.attributes = {{"batch_dims", 1}}, .inputs = {{x}, {single}}}),
                   f32_of({2, 2}, {2, 3, 4, 5})));
  const Tensor triples = tensor_of(DType::i64, {1, 3}, {1, 1, 0});
  EXPECT_TRUE(is_identical(reference_output(OpKind::gather_nd, {.inputs = {{x}, {triples}}}), f32_of({1}, {6})));
}

TEST(RefGatherNd, AnIndexOutOfRangeNamesItsDimension) {
  const KernelRun run{.inputs = {{f32_of({2, 3}, {0, 1, 2, 3, 4, 5})}, {tensor_of(DType::i64, {1, 2}, {1, 3})}}};
  const Status status = run_reference(OpKind::gather_nd, run).status();
  EXPECT_EQ(status.code(), StatusCode::invalid_argument);
  EXPECT_NE(status.message().find("dimension 1"), std::string::npos) << status.message();
}

}  // namespace
}  // namespace rheo::testing

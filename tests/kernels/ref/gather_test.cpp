// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

TEST(RefGather, TakesRowsAlongAnAxis) {
  const Tensor x = f32_of({3, 2}, {1, 2, 3, 4, 5, 6});
  const Tensor rows = tensor_of(DType::i64, {2, 2}, {2, 0, -1, 1});
  EXPECT_TRUE(is_identical(reference_output(OpKind::gather, {.inputs = {{x}, {rows}}}),
                           f32_of({2, 2, 2}, {5, 6, 1, 2, 5, 6, 3, 4})));
  const Tensor columns = tensor_of(DType::i32, {3}, {1, 1, 0});
  EXPECT_TRUE(is_identical(reference_output(OpKind::gather, {.attributes = {{"axis", 1}}, .inputs = {{x}, {columns}}}),
                           f32_of({3, 3}, {2, 2, 1, 4, 4, 3, 6, 6, 5})));
  EXPECT_TRUE(is_identical(reference_output(OpKind::gather, {.inputs = {{x}, {tensor_of(DType::i32, {}, {1})}}}),
                           f32_of({2}, {3, 4})));
}

TEST(RefGather, AnIndexOutOfRangeIsAnError) {
  const Tensor x = f32_of({3, 2}, {1, 2, 3, 4, 5, 6});
  for (double index : {3.0, -4.0}) {
    const auto outcome = run_reference(OpKind::gather, {.inputs = {{x}, {tensor_of(DType::i64, {2}, {0, index})}}});
    EXPECT_EQ(outcome.status().code(), StatusCode::invalid_argument);
    for (const std::string& word :
         {std::string("gather"), std::to_string(static_cast<int>(index)), std::string("[-3, 3)")})
      EXPECT_NE(outcome.status().message().find(word), std::string::npos) << outcome.status().message();
  }
}

}  // namespace
}  // namespace rheo::testing

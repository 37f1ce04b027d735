// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

TEST(RefWhere, ChoosesElementsOfEveryDtype) {
  for (DType dtype :
       {DType::f32, DType::bf16, DType::f16, DType::i8, DType::u8, DType::i32, DType::i64, DType::boolean}) {
    const KernelRun run{.inputs = {{tensor_of(DType::boolean, {2}, {1, 0})},
                                   {tensor_of(dtype, {2, 1}, {1, 0})},
                                   {tensor_of(dtype, {1}, {1})}}};
    EXPECT_TRUE(is_identical(reference_output(OpKind::where, run), tensor_of(dtype, {2, 2}, {1, 1, 0, 1})))
        << name_of(dtype);
  }
}

TEST(RefWhere, CopiesWhatDoubleDoesNotHold) {
  constexpr std::int64_t kLarge = (std::int64_t{1} << 53) + 1;
  const KernelRun run{.inputs = {{tensor_of(DType::boolean, {}, {1})},
                                 {Tensor::of<std::int64_t>({kLarge}, {1}).value()},
                                 {Tensor::of<std::int64_t>({0}, {1}).value()}}};
  EXPECT_EQ(reference_output(OpKind::where, run).as<std::int64_t>()[0], kLarge);
}

}  // namespace
}  // namespace rheo::testing

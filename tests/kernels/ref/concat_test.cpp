// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

TEST(RefConcat, JoinsAlongAnyAxis) {
  const Tensor a = f32_of({2, 1}, {1, 2});
  const Tensor b = f32_of({2, 2}, {3, 4, 5, 6});
  EXPECT_TRUE(is_identical(reference_output(OpKind::concat, {.attributes = {{"axis", 1}}, .inputs = {{a}, {b}, {a}}}),
                           f32_of({2, 4}, {1, 3, 4, 1, 2, 5, 6, 2})));
  EXPECT_TRUE(is_identical(reference_output(OpKind::concat, {.attributes = {{"axis", -2}}, .inputs = {{b}, {b}}}),
                           f32_of({4, 2}, {3, 4, 5, 6, 3, 4, 5, 6})));
}

TEST(RefConcat, TakesEveryDtype) {
  for (DType dtype :
       {DType::f32, DType::bf16, DType::f16, DType::i8, DType::u8, DType::i32, DType::i64, DType::boolean}) {
    const Tensor x = tensor_of(dtype, {1, 2}, {1, 0});
    EXPECT_TRUE(is_identical(reference_output(OpKind::concat, {.attributes = {{"axis", 0}}, .inputs = {{x}, {x}}}),
                             tensor_of(dtype, {2, 2}, {1, 0, 1, 0})))
        << name_of(dtype);
  }
}

TEST(RefConcat, KeepsTheScale) {
  const KernelInput x{tensor_of(DType::u8, {1}, {200}), {{0.5F}, 0}};
  const auto y = run_reference(OpKind::concat, {.attributes = {{"axis", 0}}, .inputs = {x, x}});
  EXPECT_TRUE(is_identical(y.value().outputs[0], tensor_of(DType::u8, {2}, {200, 200})));
  EXPECT_EQ(y.value().types[0].quantization.scales, std::vector<float>{0.5F});
}

}  // namespace
}  // namespace rheo::testing

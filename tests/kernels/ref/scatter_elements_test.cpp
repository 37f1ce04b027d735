// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

TEST(RefScatterElements, ReplacesInTheOrderOfTheIndices) {
  const Tensor x = f32_of({2, 3}, {0, 0, 0, 0, 0, 0});
  const Tensor columns = tensor_of(DType::i64, {2, 2}, {0, 0, 1, -1});
  const Tensor updates = f32_of({2, 2}, {1, 2, 3, 4});
  EXPECT_TRUE(is_identical(
      reference_output(OpKind::scatter_elements, {.attributes = {{"axis", 1}}, .inputs = {{x}, {columns}, {updates}}}),
      f32_of({2, 3}, {2, 0, 0, 0, 3, 4})));
}

TEST(RefScatterElements, JoinsWithWhatIsThere) {
  const auto joined = [](DType dtype, const char* reduction) {
    const KernelRun run{.attributes = {{"reduction", reduction}},
                        .inputs = {{tensor_of(dtype, {3}, {5, 1, 7})},
                                   {tensor_of(DType::i32, {3}, {0, 0, 1})},
                                   {tensor_of(dtype, {3}, {2, 9, 3})}}};
    return values_of(reference_output(OpKind::scatter_elements, run));
  };
  using Values = std::vector<double>;
  for (DType dtype : {DType::f32, DType::bf16, DType::i32, DType::i64}) {
    EXPECT_EQ(joined(dtype, "add"), (Values{16, 4, 7}));
    EXPECT_EQ(joined(dtype, "mul"), (Values{90, 3, 7}));
  }
  for (DType dtype : {DType::f32, DType::i64, DType::u8}) {
    EXPECT_EQ(joined(dtype, "max"), (Values{9, 3, 7}));
    EXPECT_EQ(joined(dtype, "min"), (Values{2, 1, 7}));
  }
}

TEST(RefScatterElements, AnIndexOutOfRangeIsAnError) {
  const KernelRun run{.inputs = {{f32_of({2}, {1, 2})}, {tensor_of(DType::i64, {1}, {-3})}, {f32_of({1}, {1})}}};
  EXPECT_EQ(run_reference(OpKind::scatter_elements, run).status().code(), StatusCode::invalid_argument);
}

}  // namespace
}  // namespace rheo::testing

// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

// `x` laid out as `from`, reordered to `to`, and read back.
Tensor reordered_back(const Tensor& x, Layout from, Layout to) {
  const KernelRun run{.inputs = {{.tensor = x, .layout = from}}, .output_layout = to};
  return run_kernel(entry_of(reference_kernels(), "ref.reorder"), run).value().outputs[0];
}

TEST(RefReorder, PutsChannelsInnermost) {
  const std::vector<std::byte> bytes =
      bytes_in_layout(tensor_of(DType::u8, {1, 2, 1, 3}, {1, 2, 3, 11, 12, 13}), Layout::nhwc);
  const std::vector<std::byte> expected{std::byte{1},  std::byte{11}, std::byte{2},
                                        std::byte{12}, std::byte{3},  std::byte{13}};
  EXPECT_EQ(bytes, expected);
}

TEST(RefReorder, BlocksChannelsBySixteenAndFillsWithZeros) {
  std::vector<double> values;
  for (int c = 0; c < 17; ++c) values.insert(values.end(), {c + 1.0, c + 101.0});
  const std::vector<std::byte> bytes = bytes_in_layout(tensor_of(DType::u8, {1, 17, 1, 2}, values), Layout::nchw16c);
  ASSERT_EQ(bytes.size(), 64U);
  for (std::size_t c = 0; c < 16; ++c) {
    EXPECT_EQ(std::to_integer<int>(bytes[c]), static_cast<int>(c) + 1);
    EXPECT_EQ(std::to_integer<int>(bytes[16 + c]), static_cast<int>(c) + 101);
    EXPECT_EQ(std::to_integer<int>(bytes[32 + c]), c == 0 ? 17 : 0);
    EXPECT_EQ(std::to_integer<int>(bytes[48 + c]), c == 0 ? 117 : 0);
  }
}

TEST(RefReorder, GoesFromAnyLayoutToAnyAndBack) {
  constexpr Layout kLayouts[] = {Layout::plain, Layout::nhwc, Layout::nchw16c};
  for (DType dtype : {DType::f32, DType::bf16, DType::i8, DType::u8, DType::i64}) {
    const Tensor x = random_tensor_of(dtype, {2, 19, 3, 5}, 7, 0, 100);
    for (Layout from : kLayouts) {
      for (Layout to : kLayouts)
        EXPECT_TRUE(is_identical(reordered_back(x, from, to), x)) << name_of(dtype) << name_of(from) << name_of(to);
    }
  }
}

TEST(RefReorder, LeavesOtherRanksPlain) {
  const KernelRun run{.inputs = {{f32_of({2, 3}, {1, 2, 3, 4, 5, 6})}}};
  EXPECT_TRUE(is_identical(reference_output(OpKind::reorder, run), run.inputs[0].tensor));
  KernelRun blocked = run;
  blocked.output_layout = Layout::nhwc;
  EXPECT_EQ(run_kernel(entry_of(reference_kernels(), "ref.reorder"), blocked).status().code(), StatusCode::unsupported);
}

}  // namespace
}  // namespace rheo::testing

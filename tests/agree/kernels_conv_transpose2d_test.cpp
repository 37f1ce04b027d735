// SPDX-License-Identifier: Apache-2.0
// conv_transpose2d of the CPU backend against the reference.
#include "agree/kernel_agreement.h"

namespace rheo::testing {
namespace {

using Integers = std::vector<std::int64_t>;

struct Case {
  Shape x, w;
  Attributes attributes{};
};

KernelRun run_of(const Case& c, DType dtype) {
  const std::int64_t groups = c.attributes.integer("groups", 1);
  return {.attributes = c.attributes,
          .inputs = {{random_tensor_of(dtype, c.x, 1)},
                     {random_tensor_of(dtype, c.w, 2), {}, {}, true},
                     {random_tensor_of(DType::f32, {c.w[1] * groups}, 3), {}, {}, true}}};
}

const std::vector<Case> kCases = {
    {{1, 1, 1, 1}, {1, 1, 1, 1}},
    {{2, 16, 4, 5}, {16, 32, 2, 2}, {{"strides", Integers{2, 2}}}},
    {{1, 5, 7, 3}, {5, 7, 3, 3}, {{"pads", Integers{1, 1, 1, 1}}}},
    {{1, 8, 5, 6}, {8, 70, 4, 4}, {{"strides", Integers{2, 2}}, {"pads", Integers{1, 1, 1, 1}}}},
    {{2, 6, 4, 13},
     {6, 3, 3, 2},
     {{"groups", 2}, {"strides", Integers{3, 2}}, {"pads", Integers{2, 0, 0, 1}}, {"output_padding", Integers{2, 1}}}},
    {{1, 4, 5, 5}, {4, 1, 3, 3}, {{"groups", 4}, {"strides", Integers{2, 2}}, {"dilations", Integers{2, 3}}}},
    {{1, 12, 1, 40}, {12, 5, 1, 7}, {{"strides", Integers{1, 4}}, {"activation", "relu"}}}};

TEST(AgreeConvTranspose2d, WithReference) {
  for (const Case& c : kCases) {
    for (DType dtype : {DType::f32, DType::bf16}) {
      SCOPED_TRACE(fmt::format("{} {} {}", name_of(dtype), c.x.to_string(), c.w.to_string()));
      KernelRun run = run_of(c, dtype);
      const std::int64_t summands = c.x[1] * c.w[2] * c.w[3] + 1;
      expect_agreement(OpKind::conv_transpose2d, run, summands);
      run.inputs.pop_back();
      if (dtype == DType::bf16) run.attributes.set("out_dtype", std::string("f32"));
      expect_agreement(OpKind::conv_transpose2d, run, summands);
    }
  }
}

TEST(AgreeConvTranspose2d, WhenSharedAndOnNoElements) {
  const Case shared{{1, 24, 31, 37}, {24, 20, 3, 3}, {{"strides", Integers{2, 2}}}};
  expect_agreement(OpKind::conv_transpose2d, run_of(shared, DType::f32), 24 * 9);
  expect_agreement(OpKind::conv_transpose2d, run_of({{0, 4, 3, 3}, {4, 4, 2, 2}}, DType::f32));
}

TEST(AgreeConvTranspose2d, UsesBf16ProductsWhereItCan) {
  if (allowed_isas().back() < Isa::avx512_vnni_bf16) GTEST_SKIP() << "no bf16 products on this processor";
  const Agreed even = expect_agreement(OpKind::conv_transpose2d, run_of(kCases[1], DType::bf16), 64);
  EXPECT_TRUE(even.contains("own.conv_transpose2d own:avx512_bf16"));
  const Agreed odd = expect_agreement(OpKind::conv_transpose2d, run_of(kCases[2], DType::bf16), 64);
  EXPECT_FALSE(odd.contains("own.conv_transpose2d own:avx512_bf16"));
}

TEST(ConvTranspose2d, RefusesWeightsThatAreComputed) {
  KernelRun run = run_of(kCases[0], DType::f32);
  run.inputs[1].is_constant = false;
  const auto outcome = run_kernel(entry_of(cpu_kernels(), "own.conv_transpose2d"), run);
  ASSERT_FALSE(outcome.ok());
  EXPECT_NE(outcome.status().message().find("constants"), std::string::npos);
}

}  // namespace
}  // namespace rheo::testing

// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

using Integers = std::vector<std::int64_t>;

Tensor one_to_nine() { return f32_of({1, 1, 3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9}); }

TEST(RefAvgPool2d, AveragesEachWindow) {
  const KernelRun run{.attributes = {{"kernel", Integers{2, 2}}, {"strides", Integers{1, 1}}},
                      .inputs = {{one_to_nine()}}};
  EXPECT_TRUE(is_identical(reference_output(OpKind::avg_pool2d, run), f32_of({1, 1, 2, 2}, {3, 4, 6, 7})));
}

TEST(RefAvgPool2d, CountsPaddingOrNot) {
  KernelRun run{.attributes = {{"kernel", Integers{2, 2}}, {"pads", Integers{1, 1, 0, 0}}},
                .inputs = {{one_to_nine()}}};
  EXPECT_TRUE(is_identical(reference_output(OpKind::avg_pool2d, run), f32_of({1, 1, 2, 2}, {0.25, 1.25, 2.75, 7})));
  run.attributes.set("count_include_pad", 0);
  EXPECT_TRUE(is_identical(reference_output(OpKind::avg_pool2d, run), f32_of({1, 1, 2, 2}, {1, 2.5, 5.5, 7})));
}

TEST(RefAvgPool2d, NeverCountsWhatCeilModeAddsBehindThePadding) {
  const KernelRun run{.attributes = {{"kernel", Integers{2, 2}}, {"ceil_mode", 1}}, .inputs = {{one_to_nine()}}};
  EXPECT_TRUE(is_identical(reference_output(OpKind::avg_pool2d, run), f32_of({1, 1, 2, 2}, {3, 4.5, 7.5, 9})));
}

TEST(RefAvgPool2d, AveragesWholePictures) {
  const KernelRun run{.inputs = {{f32_of({2, 1, 1, 3}, {1, 2, 6, 3, 3, 3})}}};
  EXPECT_TRUE(is_identical(reference_output(OpKind::global_avg_pool, run), f32_of({2, 1, 1, 1}, {3, 3})));
}

TEST(RefAvgPool2d, AdaptsOverlappingWindows) {
  // Rows [0, 2) and [1, 3); columns alike.
  const KernelRun down{.attributes = {{"output_size", Integers{2, 2}}}, .inputs = {{one_to_nine()}}};
  EXPECT_TRUE(is_identical(reference_output(OpKind::adaptive_avg_pool2d, down), f32_of({1, 1, 2, 2}, {3, 4, 6, 7})));
  const KernelRun up{.attributes = {{"output_size", Integers{1, 4}}}, .inputs = {{f32_of({1, 1, 1, 2}, {1, 5})}}};
  EXPECT_TRUE(is_identical(reference_output(OpKind::adaptive_avg_pool2d, up), f32_of({1, 1, 1, 4}, {1, 1, 5, 5})));
  const KernelRun one{.attributes = {{"output_size", Integers{1, 1}}}, .inputs = {{one_to_nine()}}};
  EXPECT_TRUE(is_identical(reference_output(OpKind::adaptive_avg_pool2d, one), f32_of({1, 1, 1, 1}, {5})));
}

TEST(RefAvgPool2d, AnswersInF32ForEightBitAndAsAskedForBf16) {
  const KernelInput x{tensor_of(DType::u8, {1, 1, 1, 2}, {255, 254}), {{0.5F}, 0}};
  EXPECT_TRUE(is_identical(reference_output(OpKind::global_avg_pool, {.inputs = {x}}), f32_of({1, 1, 1, 1}, {127.25})));
  const Tensor half = tensor_of(DType::bf16, {1, 1, 1, 2}, {256, 258});
  EXPECT_TRUE(is_identical(reference_output(OpKind::global_avg_pool, {.inputs = {{half}}}),
                           tensor_of(DType::bf16, {1, 1, 1, 1}, {256})));
  EXPECT_TRUE(is_identical(
      reference_output(OpKind::global_avg_pool, {.attributes = {{"out_dtype", "f32"}}, .inputs = {{half}}}),
      f32_of({1, 1, 1, 1}, {257})));
}

}  // namespace
}  // namespace rheo::testing

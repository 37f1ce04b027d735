// SPDX-License-Identifier: Apache-2.0
// Expected values were computed by ONNX Runtime 1.32 from the same numbers.
#include <gtest/gtest.h>

#include "kernels/ref/pattern.h"
#include "support/kernel_runner.h"

namespace rheo::testing {
namespace {

const Tolerance kSixDigits{.absolute = 1e-6, .relative = 1e-5};

KernelRun small_run() {
  return {.inputs = {{pattern_of({1, 2, 3, 2}, 1)}, {pattern_of({1, 2, 4, 2}, 2)}, {pattern_of({1, 2, 4, 3}, 3)}}};
}

TEST(RefAttention, AddsAMaskToAllHeads) {
  KernelRun run = small_run();
  run.inputs.push_back({pattern_of({3, 4}, 4)});
  EXPECT_TRUE(is_close(reference_output(OpKind::attention, run),
                       f32_of({1, 2, 3, 3}, {0.427395, -0.0726054, -0.303627, 0.450981, -0.0490187, -0.379858, 0.434376,
                                             -0.0656239, -0.195285, -0.0502234, -0.298627, 0.324777, -0.04514,
                                             -0.372992, 0.32986, -0.0823206, -0.163127, 0.292679}),
                       kSixDigits));
}

TEST(RefAttention, LooksOnlyBack) {
  KernelRun run = small_run();
  run.attributes = {{"causal", 1}};
  EXPECT_TRUE(is_close(
      reference_output(OpKind::attention, run),
      f32_of({1, 2, 3, 3}, {0.625, 0.125, -0.375, 0.560084, 0.0600843, -0.439916, 0.518691, 0.0186911, -0.481309, 0.125,
                            -0.375, 0.5, 0.0604292, -0.439571, 0.435429, 0.00827278, -0.491727, 0.383273}),
      kSixDigits));
}

TEST(RefAttention, AnswersZeroWhereNothingIsSeen) {
  KernelRun run = small_run();
  run.attributes = {{"scale", 0.5}};
  run.inputs.push_back({tensor_of(DType::boolean, {3, 4}, {1, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 1})});
  EXPECT_TRUE(
      is_close(reference_output(OpKind::attention, run),
               f32_of({1, 2, 3, 3}, {0.414215, -0.0857847, -0.154416, 0, 0, 0, 0.455312, -0.0446883, -0.0452516,
                                     -0.0647628, -0.163077, 0.310237, 0, 0, 0, -0.0585937, -0.0199036, 0.316406}),
               kSixDigits));
}

// [b, h, s, d] as part of rows of `width` numbers, from `column` on; -7 elsewhere.
Tensor in_rows(const Tensor& heads, std::int64_t width, std::int64_t column) {
  const Shape& shape = heads.shape();
  std::vector<double> rows(static_cast<std::size_t>(shape[0] * shape[2] * width), -7);
  const std::vector<double> values = values_of(heads);
  std::size_t from = 0;
  for (std::int64_t b = 0; b < shape[0]; ++b)
    for (std::int64_t h = 0; h < shape[1]; ++h)
      for (std::int64_t s = 0; s < shape[2]; ++s)
        for (std::int64_t d = 0; d < shape[3]; ++d)
          rows[static_cast<std::size_t>((b * shape[2] + s) * width + column + h * shape[3] + d)] = values[from++];
  return tensor_of(heads.dtype(), {shape[0], shape[2], width}, rows);
}

TEST(RefAttention, FindsHeadsInRows) {
  KernelRun run = small_run();
  const Tensor expected = in_rows(reference_output(OpKind::attention, run), 6, 0);
  run.inputs[0].tensor = in_rows(run.inputs[0].tensor, 4, 0);
  run.inputs[1].tensor = in_rows(run.inputs[1].tensor, 7, 2);
  run.inputs[2].tensor = in_rows(run.inputs[2].tensor, 7, 1);
  run.attributes = {
      {"heads", 2}, {"depths", std::vector<std::int64_t>{2, 3}}, {"columns", std::vector<std::int64_t>{0, 2, 1}}};
  EXPECT_TRUE(is_close(reference_output(OpKind::attention, run), expected));
}

// The numbers behind 8-bit values are 0.5 * (stored - zero point), so the answer is that of those numbers.
TEST(RefAttention, TakesEightBitValuesAsRealNumbers) {
  const KernelRun real{.attributes = {{"scale", 0.5}},
                       .inputs = {{f32_of({1, 1, 1, 2}, {1, -0.5})},
                                  {f32_of({1, 1, 2, 2}, {0.5, 1, -1, 2})},
                                  {f32_of({1, 1, 2, 2}, {4, -3, 0.5, 6})}}};
  KernelRun stored = real;
  stored.inputs[0] = {tensor_of(DType::u8, {1, 1, 1, 2}, {12, 9}), {.scales = {0.5F}, .zero_point = 10}};
  stored.inputs[1] = {tensor_of(DType::i8, {1, 1, 2, 2}, {-2, -1, -5, 1}), {.scales = {0.5F}, .zero_point = -3}};
  stored.inputs[2] = {tensor_of(DType::u8, {1, 1, 2, 2}, {14, 0, 7, 18}), {.scales = {0.5F}, .zero_point = 6}};
  EXPECT_TRUE(is_close(reference_output(OpKind::attention, stored), reference_output(OpKind::attention, real)));
  stored.attributes.set("out_dtype", std::string("u8"));
  stored.attributes.set("out_scale", 0.5);
  stored.attributes.set("out_zero_point", std::int64_t{20});
  // 3.06 and -0.58 before they are rounded to halves.
  EXPECT_TRUE(is_identical(reference_output(OpKind::attention, stored), tensor_of(DType::u8, {1, 1, 1, 2}, {26, 19})));
}

}  // namespace
}  // namespace rheo::testing

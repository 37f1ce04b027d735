// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

using Integers = std::vector<std::int64_t>;

Tensor nine_to_one() { return f32_of({1, 1, 3, 3}, {9, 8, 7, 6, 5, 4, 3, 2, 1}); }

TEST(RefConv2d, SlidesWithoutPadding) {
  const auto y = run_reference(OpKind::conv2d, {.inputs = {{nine_to_one()}, {f32_of({1, 1, 2, 2}, {1, 2, 3, 4})}}});
  // 9 + 16 + 18 + 20, 8 + 14 + 15 + 16, ...
  EXPECT_TRUE(is_identical(y.value().outputs[0], f32_of({1, 1, 2, 2}, {63, 53, 33, 23})));
}

TEST(RefConv2d, PadsStridesAndAddsBias) {
  const auto y = run_reference(
      OpKind::conv2d,
      {.attributes = {{"pads", Integers{1, 1, 1, 1}}, {"strides", Integers{2, 2}}},
       .inputs = {{nine_to_one()}, {f32_of({1, 1, 3, 3}, {0, 1, 0, 1, 10, 1, 0, 1, 0})}, {f32_of({1}, {100})}}});
  EXPECT_TRUE(is_identical(y.value().outputs[0], f32_of({1, 1, 2, 2}, {204, 182, 138, 116})));
}

TEST(RefConv2d, PadsEachSideByItsOwnCount) {
  const auto y =
      run_reference(OpKind::conv2d, {.attributes = {{"pads", Integers{1, 0, 0, 2}}},
                                     .inputs = {{f32_of({1, 1, 1, 2}, {3, 5})}, {f32_of({1, 1, 2, 2}, {1, 1, 2, 7})}}});
  EXPECT_TRUE(is_identical(y.value().outputs[0], f32_of({1, 1, 1, 3}, {41, 10, 0})));
}

TEST(RefConv2d, Dilates) {
  const auto y =
      run_reference(OpKind::conv2d, {.attributes = {{"dilations", Integers{2, 2}}},
                                     .inputs = {{nine_to_one()}, {f32_of({1, 1, 2, 2}, {1, 10, 100, 1000})}}});
  EXPECT_TRUE(is_identical(y.value().outputs[0], f32_of({1, 1, 1, 1}, {9 + 70 + 300 + 1000})));
}

TEST(RefConv2d, KeepsGroupsApart) {
  const Tensor x = f32_of({1, 4, 1, 1}, {1, 2, 3, 4});
  const Tensor weights = f32_of({2, 2, 1, 1}, {1, 10, 1, 10});
  const auto y = run_reference(OpKind::conv2d, {.attributes = {{"groups", 2}}, .inputs = {{x}, {weights}}});
  EXPECT_TRUE(is_identical(y.value().outputs[0], f32_of({1, 2, 1, 1}, {21, 43})));
}

TEST(RefConv2d, IsDepthwiseWhenEveryChannelIsAGroup) {
  const Tensor x = f32_of({2, 2, 1, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
  const Tensor weights = f32_of({2, 1, 1, 2}, {1, 1, 1, -1});
  const auto y = run_reference(OpKind::conv2d, {.attributes = {{"groups", 2}}, .inputs = {{x}, {weights}}});
  EXPECT_TRUE(is_identical(y.value().outputs[0], f32_of({2, 2, 1, 1}, {3, -1, 11, -1})));
}

TEST(RefConv2d, AddsTheResidualBeforeTheActivation) {
  const auto y = run_reference(
      OpKind::conv2d,
      {.attributes = {{"activation", "relu"}},
       .inputs = {
           {f32_of({1, 1, 1, 3}, {1, 2, 3})}, {f32_of({1, 1, 1, 1}, {2})}, {}, {f32_of({1, 1, 1, 3}, {-5, -4, -3})}}});
  EXPECT_TRUE(is_identical(y.value().outputs[0], f32_of({1, 1, 1, 3}, {0, 0, 3})));
}

TEST(RefConv2d, ClampsWithAlphaAndBeta) {
  const auto y =
      run_reference(OpKind::conv2d, {.attributes = {{"activation", "clamp"}, {"alpha", -1.0}, {"beta", 2.5}},
                                     .inputs = {{f32_of({1, 1, 1, 3}, {-2, 1, 3})}, {f32_of({1, 1, 1, 1}, {1})}}});
  EXPECT_TRUE(is_identical(y.value().outputs[0], f32_of({1, 1, 1, 3}, {-1, 1, 2.5})));
}

TEST(RefConv2d, AnswersInBf16OrF32ForBf16) {
  const Tensor x = tensor_of(DType::bf16, {1, 1, 1, 2}, {1, 2});
  const Tensor weights = tensor_of(DType::bf16, {1, 1, 1, 1}, {1});
  const Tensor bias = f32_of({1}, {1.0 / 512});
  const auto narrow = run_reference(OpKind::conv2d, {.inputs = {{x}, {weights}, {bias}}});
  EXPECT_TRUE(is_identical(narrow.value().outputs[0], tensor_of(DType::bf16, {1, 1, 1, 2}, {1, 2})));
  const auto wide =
      run_reference(OpKind::conv2d, {.attributes = {{"out_dtype", "f32"}}, .inputs = {{x}, {weights}, {bias}}});
  EXPECT_TRUE(is_identical(wide.value().outputs[0], f32_of({1, 1, 1, 2}, {1 + 1.0 / 512, 2 + 1.0 / 512})));
}

// x = 0.5 * {1, 2}, w = {0.25 * 3, 2 * -1} per output channel.
KernelInput eight_bit_x() { return {tensor_of(DType::u8, {1, 1, 1, 2}, {1, 2}), {{0.5F}, 0}}; }
KernelInput eight_bit_weights() { return {tensor_of(DType::i8, {2, 1, 1, 1}, {3, -1}), {{0.25F, 2.0F}, 0}}; }

TEST(RefConv2d, ScalesEightBitSumsPerChannel) {
  const auto y =
      run_reference(OpKind::conv2d, {.inputs = {eight_bit_x(), eight_bit_weights(), {f32_of({2}, {10, 20})}}});
  EXPECT_TRUE(is_identical(y.value().outputs[0], f32_of({1, 2, 1, 2}, {10.375, 10.75, 19, 18})));
}

TEST(RefConv2d, RoundsEightBitResultsHalfToEvenAndSaturates) {
  // Real results 0.375, 0.75 and -1, -2; in steps of 0.25: 1.5, 3 and -4, -8.
  const auto signed_y = run_reference(OpKind::conv2d, {.attributes = {{"out_dtype", "i8"}, {"out_scale", 0.25}},
                                                       .inputs = {eight_bit_x(), eight_bit_weights()}});
  EXPECT_TRUE(is_identical(signed_y.value().outputs[0], tensor_of(DType::i8, {1, 2, 1, 2}, {2, 3, -4, -8})));
  EXPECT_EQ(signed_y.value().types[0].quantization.scales, std::vector<float>{0.25F});
  const auto unsigned_y = run_reference(OpKind::conv2d, {.attributes = {{"out_dtype", "u8"}, {"out_scale", 0.25}},
                                                         .inputs = {eight_bit_x(), eight_bit_weights()}});
  EXPECT_TRUE(is_identical(unsigned_y.value().outputs[0], tensor_of(DType::u8, {1, 2, 1, 2}, {2, 3, 0, 0})));
  const auto fine = run_reference(OpKind::conv2d, {.attributes = {{"out_dtype", "i8"}, {"out_scale", 0.0078125}},
                                                   .inputs = {eight_bit_x(), eight_bit_weights()}});
  EXPECT_TRUE(is_identical(fine.value().outputs[0], tensor_of(DType::i8, {1, 2, 1, 2}, {48, 96, -128, -128})));
}

TEST(RefConv2d, AddsAnEightBitResidualInItsOwnScale) {
  const KernelInput residual{tensor_of(DType::i8, {1, 2, 1, 2}, {-1, 1, 2, 100}), {{4.0F}, 0}};
  const auto y = run_reference(OpKind::conv2d, {.inputs = {eight_bit_x(), eight_bit_weights(), {}, residual}});
  EXPECT_TRUE(is_identical(y.value().outputs[0], f32_of({1, 2, 1, 2}, {-3.625, 4.75, 7, 398})));
}

TEST(RefConv2d, SumsEightBitProductsExactly) {
  // The sum, 255 * 127 * 4608 - 255, needs 28 bits; a float has 24, so summing in float would lose the end.
  const std::int64_t channels = 512;
  const KernelInput x{tensor_of(DType::u8, {1, channels, 3, 3}, std::vector<double>(512 * 9, 255)), {{1.0F}, 0}};
  std::vector<double> ones(512 * 9, 127);
  ones[0] = 126;
  const KernelInput weights{tensor_of(DType::i8, {1, channels, 3, 3}, ones), {{1.0F}, 0}};
  const auto y = run_reference(OpKind::conv2d, {.inputs = {x, weights}});
  EXPECT_EQ(y.value().outputs[0].as<float>()[0], static_cast<float>(255.0 * 127 * 4608 - 255));
}

TEST(RefConv2d, TakesAnEmptyBatch) {
  const auto y =
      run_reference(OpKind::conv2d, {.inputs = {{f32_of({0, 1, 3, 3}, {})}, {f32_of({1, 1, 2, 2}, {1, 2, 3, 4})}}});
  ASSERT_TRUE(y.ok()) << y.status().message();
  EXPECT_EQ(y->outputs[0].shape(), (Shape{0, 1, 2, 2}));
}

TEST(RefConv2d, RefusesOtherLayouts) {
  const KernelInput x{.tensor = nine_to_one(), .layout = Layout::nhwc};
  const auto y =
      run_kernel(entry_of(reference_kernels(), "ref.conv2d"), {.inputs = {x, {f32_of({1, 1, 2, 2}, {1, 2, 3, 4})}}});
  EXPECT_EQ(y.status().code(), StatusCode::unsupported);
  EXPECT_NE(y.status().message().find("nhwc"), std::string::npos) << y.status().message();
}

}  // namespace
}  // namespace rheo::testing

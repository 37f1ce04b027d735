// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <limits>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

using Integers = std::vector<std::int64_t>;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(RefMaxPool2d, TakesTheLargestOfEachWindow) {
  const KernelRun run{.attributes = {{"kernel", Integers{2, 2}}},
                      .inputs = {{f32_of({1, 1, 3, 4}, {1, 2, 3, 4, 8, 7, 6, 5, 9, 9, 9, 9})}}};
  EXPECT_TRUE(is_identical(reference_output(OpKind::max_pool2d, run), f32_of({1, 1, 1, 2}, {8, 6})));
}

TEST(RefMaxPool2d, LetsPaddingNeverWin) {
  const KernelRun run{
      .attributes = {{"kernel", Integers{3, 3}}, {"strides", Integers{2, 2}}, {"pads", Integers{1, 1, 1, 1}}},
      .inputs = {{f32_of({1, 1, 2, 3}, {-1, -2, -3, -4, -5, -6})}}};
  EXPECT_TRUE(is_identical(reference_output(OpKind::max_pool2d, run), f32_of({1, 1, 1, 2}, {-1, -2})));
}

TEST(RefMaxPool2d, RoundsTheSizeUpInCeilMode) {
  KernelRun run{.attributes = {{"kernel", Integers{2, 2}}, {"strides", Integers{2, 2}}, {"ceil_mode", 1}},
                .inputs = {{f32_of({1, 1, 3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9})}}};
  EXPECT_TRUE(is_identical(reference_output(OpKind::max_pool2d, run), f32_of({1, 1, 2, 2}, {5, 6, 8, 9})));
  run.attributes.set("ceil_mode", 0);
  EXPECT_TRUE(is_identical(reference_output(OpKind::max_pool2d, run), f32_of({1, 1, 1, 1}, {5})));
}

TEST(RefMaxPool2d, Dilates) {
  const KernelRun run{
      .attributes = {{"kernel", Integers{1, 2}}, {"strides", Integers{1, 1}}, {"dilations", Integers{1, 2}}},
      .inputs = {{f32_of({1, 1, 1, 4}, {5, 9, 1, 2})}}};
  EXPECT_TRUE(is_identical(reference_output(OpKind::max_pool2d, run), f32_of({1, 1, 1, 2}, {5, 9})));
}

TEST(RefMaxPool2d, GivesNaNForAWindowWithNaN) {
  const KernelRun run{.attributes = {{"kernel", Integers{1, 2}}, {"strides", Integers{1, 1}}},
                      .inputs = {{f32_of({1, 1, 1, 4}, {1, kNaN, 2, 3})}}};
  EXPECT_TRUE(is_close(reference_output(OpKind::max_pool2d, run), f32_of({1, 1, 1, 3}, {kNaN, kNaN, 3})));
}

TEST(RefMaxPool2d, KeepsEightBitValuesAndTheirScale) {
  const KernelInput x{tensor_of(DType::i8, {1, 1, 2, 2}, {-128, -127, -126, -125}), {{0.1F}, 0}};
  const auto y = run_reference(OpKind::max_pool2d, {.attributes = {{"kernel", Integers{2, 1}}}, .inputs = {x}});
  EXPECT_TRUE(is_identical(y.value().outputs[0], tensor_of(DType::i8, {1, 1, 1, 2}, {-126, -125})));
  EXPECT_EQ(y.value().types[0].quantization.scales, std::vector<float>{0.1F});
}

TEST(RefMaxPool2d, KeepsEveryStoredValueWhateverTheScale) {
  std::vector<double> all;
  for (int value = 0; value < 256; ++value) all.push_back(value);
  for (float scale : {0.1F, 1.0F / 3, 0.00731F, 123.456F}) {
    const KernelInput x{tensor_of(DType::u8, {1, 256, 1, 1}, all), {{scale}, 0}};
    EXPECT_TRUE(is_identical(
        reference_output(OpKind::max_pool2d, {.attributes = {{"kernel", Integers{1, 1}}}, .inputs = {x}}), x.tensor));
  }
}

}  // namespace
}  // namespace rheo::testing

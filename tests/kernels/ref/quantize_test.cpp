// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <limits>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(RefQuantize, RoundsHalfToEvenAndSaturates) {
  const Tensor x = f32_of({9}, {0.25, 0.75, 1.25, -0.25, -0.75, 63.5, 64, -64, -70});
  EXPECT_TRUE(is_identical(
      reference_output(OpKind::quantize, {.attributes = {{"dtype", "i8"}, {"scale", 0.5}}, .inputs = {{x}}}),
      tensor_of(DType::i8, {9}, {0, 2, 2, 0, -2, 127, 127, -128, -128})));
  const Tensor high = f32_of({6}, {-1, 0, 127.25, 127.5, 127.75, 1e9});
  EXPECT_TRUE(is_identical(
      reference_output(OpKind::quantize, {.attributes = {{"dtype", "u8"}, {"scale", 0.5}}, .inputs = {{high}}}),
      tensor_of(DType::u8, {6}, {0, 0, 254, 255, 255, 255})));
}

TEST(RefQuantize, StandsWhatIsNoNumber) {
  const Tensor x = f32_of({3}, {kNaN, kInfinity, -kInfinity});
  EXPECT_TRUE(
      is_identical(reference_output(OpKind::quantize, {.attributes = {{"dtype", "i8"}, {"scale", 1}}, .inputs = {{x}}}),
                   tensor_of(DType::i8, {3}, {0, 127, -128})));
}

TEST(RefQuantize, TakesBf16) {
  EXPECT_TRUE(is_identical(reference_output(OpKind::quantize, {.attributes = {{"dtype", "u8"}, {"scale", 2.0}},
                                                               .inputs = {{tensor_of(DType::bf16, {2}, {3, 7})}}}),
                           tensor_of(DType::u8, {2}, {2, 4})));
}

}  // namespace
}  // namespace rheo::testing

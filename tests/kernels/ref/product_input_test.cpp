// SPDX-License-Identifier: Apache-2.0
#include "kernels/ref/product_input.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

const KernelInput kWeights{tensor_of(DType::i8, {2, 3}, {1, 0, -1, 2, 2, 2}), {{0.5F, 2.0F}, 0}};

TEST(RefProductInput, RoundsEachItemByItsOwnRange) {
  // Steps of 1 around 5, and of 0.5 around 0: what lies between two steps is rounded to the even one.
  const KernelRun run{.inputs = {{f32_of({2, 3}, {-5, 0.5F, 250, 0.25F, 1, 127.5F})}, kWeights}};
  EXPECT_TRUE(is_identical(reference_output(OpKind::linear, run),
                           f32_of({2, 2}, {0.5F * (-5 - 250), 4.0F * (-5 + 250), 0.5F * -127.5F, 4.0F * 128.5F})));
}

TEST(RefProductInput, RowsOfOneItemShareARange) {
  const KernelRun run{.inputs = {{f32_of({1, 2, 3}, {0, 0.5F, 255, 0.5F, 1.5F, 0})}, kWeights}};
  EXPECT_TRUE(is_identical(reference_output(OpKind::linear, run), f32_of({1, 2, 2}, {-127.5F, 1020, 0, 8})));
  const KernelRun vector{.inputs = {{f32_of({3}, {0.5F, 1.5F, 255})}, kWeights}};
  EXPECT_TRUE(is_identical(reference_output(OpKind::linear, vector), f32_of({2}, {-127.5F, 1028})));
}

TEST(RefProductInput, PicturesArePaddedWithZero) {
  const KernelInput weights{tensor_of(DType::i8, {1, 1, 1, 3}, {1, 1, 1}), {{1.0F}, 0}};
  const KernelRun run{.attributes = {{"pads", std::vector<std::int64_t>{0, 1, 0, 1}}},
                      .inputs = {{f32_of({1, 1, 1, 2}, {-55, 200})}, weights}};
  EXPECT_TRUE(is_identical(reference_output(OpKind::conv2d, run), f32_of({1, 1, 1, 2}, {145, 145})));
}

TEST(RefProductInput, WhatIsNotFiniteSpoilsItsItemAlone) {
  for (const float bad : {std::nanf(""), std::numeric_limits<float>::infinity()}) {
    const KernelRun run{.inputs = {{f32_of({2, 3}, {1, bad, 3, 0, 0, 255})}, kWeights}};
    const Tensor y = reference_output(OpKind::linear, run);
    EXPECT_TRUE(std::isnan(y.as<float>()[0]));
    EXPECT_TRUE(std::isnan(y.as<float>()[1]));
    EXPECT_EQ(y.as<float>()[2], -127.5F);
    EXPECT_EQ(y.as<float>()[3], 1020);
  }
}

}  // namespace
}  // namespace rheo::testing

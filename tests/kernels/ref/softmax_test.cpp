// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

Tensor apply(OpKind op, const Tensor& x, Attributes attributes = {}) {
  return reference_output(op, {.attributes = std::move(attributes), .inputs = {{x}}});
}

TEST(RefSoftmax, SharesOneAmongTheLogits) {
  const double total = 1 + std::exp(1) + std::exp(2);
  const Tensor x = f32_of({2, 3}, {0, 1, 2, 5, 5, 5});
  const double third = 1.0 / 3;
  EXPECT_TRUE(is_close(apply(OpKind::softmax, x),
                       f32_of({2, 3}, {1 / total, std::exp(1) / total, std::exp(2) / total, third, third, third})));
  EXPECT_TRUE(is_close(apply(OpKind::log_softmax, x),
                       f32_of({2, 3}, {-std::log(total), 1 - std::log(total), 2 - std::log(total), -std::log(3),
                                       -std::log(3), -std::log(3)})));
}

TEST(RefSoftmax, WorksAlongAnInnerAxis) {
  const Tensor x = f32_of({1, 2, 2}, {0, 1000, 0, 0});
  EXPECT_TRUE(is_close(apply(OpKind::softmax, x, {{"axis", 1}}), f32_of({1, 2, 2}, {0.5, 1, 0.5, 0})));
  EXPECT_TRUE(is_close(apply(OpKind::softmax, x, {{"axis", -2}}), f32_of({1, 2, 2}, {0.5, 1, 0.5, 0})));
}

TEST(RefSoftmax, StandsLargeLogits) {
  EXPECT_TRUE(is_close(apply(OpKind::softmax, f32_of({1, 3}, {1e38, 1e38, -1e38})), f32_of({1, 3}, {0.5, 0.5, 0})));
  EXPECT_TRUE(is_close(apply(OpKind::log_softmax, f32_of({1, 2}, {1e4, 0})), f32_of({1, 2}, {0, -1e4})));
}

TEST(RefSoftmax, ShowsBrokenLogitsInTheWholeRow) {
  const Tensor x = f32_of({4, 2}, {0, kNaN, kInfinity, 0, -kInfinity, -kInfinity, 0, -kInfinity});
  const std::vector<double> y = values_of(apply(OpKind::softmax, x));
  for (std::size_t i = 0; i < 6; ++i) EXPECT_TRUE(std::isnan(y[i])) << i;
  EXPECT_EQ(y[6], 1);
  EXPECT_EQ(y[7], 0);
}

}  // namespace
}  // namespace rheo::testing

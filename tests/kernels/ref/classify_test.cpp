// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <limits>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

void expect(OpKind op, const Attributes& attributes, const std::vector<double>& answers) {
  for (DType dtype : {DType::f32, DType::bf16}) {
    const KernelRun run{.attributes = attributes,
                        .inputs = {{tensor_of(dtype, {5}, {kNaN, kInfinity, -kInfinity, 0, 3e38})}}};
    EXPECT_TRUE(is_identical(reference_output(op, run), tensor_of(DType::boolean, {5}, answers))) << name_of(dtype);
  }
}

TEST(RefClassify, FindsNaNAndInfinity) {
  expect(OpKind::is_nan, {}, {1, 0, 0, 0, 0});
  expect(OpKind::is_inf, {}, {0, 1, 1, 0, 0});
  expect(OpKind::is_inf, {{"detect_negative", 0}}, {0, 1, 0, 0, 0});
  expect(OpKind::is_inf, {{"detect_positive", 0}}, {0, 0, 1, 0, 0});
  expect(OpKind::is_inf, {{"detect_negative", 0}, {"detect_positive", 0}}, {0, 0, 0, 0, 0});
}

}  // namespace
}  // namespace rheo::testing

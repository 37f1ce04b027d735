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

Tensor apply(OpKind op, const std::vector<double>& x, Attributes attributes = {}) {
  return reference_output(
      op, {.attributes = std::move(attributes), .inputs = {{f32_of({static_cast<std::int64_t>(x.size())}, x)}}});
}

TEST(RefActivation, ComputesThePiecewiseOnes) {
  EXPECT_TRUE(is_identical(apply(OpKind::relu, {-1, 0, 2.5}), f32_of({3}, {0, 0, 2.5})));
  EXPECT_TRUE(is_identical(apply(OpKind::relu6, {-1, 5, 7}), f32_of({3}, {0, 5, 6})));
  EXPECT_TRUE(is_identical(apply(OpKind::hardsigmoid, {-4, -3, 0, 1.5, 3, 4}), f32_of({6}, {0, 0, 0.5, 0.75, 1, 1})));
  EXPECT_TRUE(is_close(apply(OpKind::hardswish, {-3, -1.5, 0, 1.5, 3, 4}), f32_of({6}, {0, -0.375, 0, 1.125, 3, 4})));
  EXPECT_TRUE(
      is_identical(apply(OpKind::clamp, {-2, 0.5, 2}, {{"min", -1.0}, {"max", 1.0}}), f32_of({3}, {-1, 0.5, 1})));
  EXPECT_TRUE(is_identical(apply(OpKind::clamp, {-2, 2}, {{"max", 1.0}}), f32_of({2}, {-2, 1})));
}

TEST(RefActivation, ComputesTheSmoothOnes) {
  EXPECT_TRUE(is_close(apply(OpKind::sigmoid, {0, 1, -1000, 1000}), f32_of({4}, {0.5, 0.7310585786300049, 0, 1})));
  EXPECT_TRUE(is_close(apply(OpKind::silu, {0, 1, -2}), f32_of({3}, {0, 0.7310585786300049, -0.2384058440442351})));
  EXPECT_TRUE(is_close(apply(OpKind::tanh, {0, 0.5, 50}), f32_of({3}, {0, 0.46211715726000973, 1})));
  EXPECT_TRUE(is_close(apply(OpKind::gelu, {0, 1, -1}), f32_of({3}, {0, 0.8413447460685429, -0.15865525393145707})));
}

TEST(RefActivation, LetsNaNThroughAndKnowsInfinity) {
  for (OpKind op : {OpKind::relu, OpKind::relu6, OpKind::hardswish, OpKind::hardsigmoid, OpKind::silu, OpKind::gelu,
                    OpKind::sigmoid, OpKind::tanh, OpKind::clamp}) {
    EXPECT_TRUE(std::isnan(apply(op, {kNaN}).as<float>()[0])) << name_of(op);
  }
  EXPECT_TRUE(is_identical(apply(OpKind::relu, {-kInfinity, kInfinity}), f32_of({2}, {0, kInfinity})));
  EXPECT_TRUE(is_identical(apply(OpKind::relu6, {-kInfinity, kInfinity}), f32_of({2}, {0, 6})));
}

TEST(RefActivation, TakesEightBitInRealUnits) {
  const KernelInput x{tensor_of(DType::i8, {4}, {-128, -1, 10, 127}), {{0.25F}, 0}};
  EXPECT_TRUE(
      is_identical(reference_output(OpKind::relu, {.inputs = {x}}), tensor_of(DType::i8, {4}, {0, 0, 10, 127})));
  EXPECT_TRUE(
      is_identical(reference_output(OpKind::relu6, {.inputs = {x}}), tensor_of(DType::i8, {4}, {0, 0, 10, 24})));
  const KernelRun clamp{.attributes = {{"min", -1.0}, {"max", 2.0}}, .inputs = {x}};
  EXPECT_TRUE(is_identical(reference_output(OpKind::clamp, clamp), tensor_of(DType::i8, {4}, {-4, -1, 8, 8})));
}

TEST(RefActivation, TakesBf16AndScalars) {
  EXPECT_TRUE(is_identical(reference_output(OpKind::relu, {.inputs = {{tensor_of(DType::bf16, {}, {-3})}}}),
                           tensor_of(DType::bf16, {}, {0})));
}

}  // namespace
}  // namespace rheo::testing

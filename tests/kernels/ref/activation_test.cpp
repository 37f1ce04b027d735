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

TEST(RefActivation, ReadsItsSettings) {
  EXPECT_TRUE(is_close(apply(OpKind::hardsigmoid, {-3, -1, 1, 3}, {{"alpha", 0.25}, {"beta", 0.5}}),
                       f32_of({4}, {0, 0.25, 0.75, 1})));
  EXPECT_TRUE(is_close(apply(OpKind::gelu, {1, -1}, {{"approximate", "tanh"}}),
                       f32_of({2}, {0.8411919906082768, -0.15880800939172324})));
  EXPECT_TRUE(is_close(apply(OpKind::leaky_relu, {-2, 3}), f32_of({2}, {-0.02, 3})));
  EXPECT_TRUE(is_close(apply(OpKind::leaky_relu, {-2, 3}, {{"alpha", 0.5}}), f32_of({2}, {-1, 3})));
  EXPECT_TRUE(is_close(apply(OpKind::elu, {-1, 2}, {{"alpha", 2}}), f32_of({2}, {-1.2642411176571153, 2})));
  EXPECT_TRUE(is_close(apply(OpKind::celu, {-1, 2}, {{"alpha", 2}}), f32_of({2}, {-0.7869386805747332, 2})));
  EXPECT_TRUE(is_close(apply(OpKind::selu, {-1, 2}), f32_of({2}, {-1.1113307378125625, 2.101402})));
  EXPECT_TRUE(is_identical(apply(OpKind::thresholded_relu, {0.5, 1, 1.5}), f32_of({3}, {0, 0, 1.5})));
}

TEST(RefActivation, ComputesTheFunctionsTheirNamesSay) {
  struct Case {
    OpKind op;
    double x, y;
  };
  for (const Case& c : {Case{OpKind::softplus, 1, 1.3132616875182228},
                        Case{OpKind::softsign, -3, -0.75},
                        Case{OpKind::mish, 1, 0.8650983882673103},
                        Case{OpKind::neg, 2, -2},
                        Case{OpKind::abs, -2, 2},
                        Case{OpKind::sign, -2, -1},
                        Case{OpKind::exp, 1, 2.718281828459045},
                        Case{OpKind::log, 10, 2.302585092994046},
                        Case{OpKind::sqrt, 2, 1.4142135623730951},
                        Case{OpKind::reciprocal, -4, -0.25},
                        Case{OpKind::erf, 0.5, 0.5204998778130465},
                        Case{OpKind::floor, -1.5, -2},
                        Case{OpKind::ceil, -1.5, -1},
                        Case{OpKind::round, 2.5, 2},
                        Case{OpKind::round, -1.5, -2},
                        Case{OpKind::sin, 1, 0.8414709848078965},
                        Case{OpKind::cos, 1, 0.5403023058681398},
                        Case{OpKind::tan, 1, 1.5574077246549023},
                        Case{OpKind::asin, 0.5, 0.5235987755982989},
                        Case{OpKind::acos, 0.5, 1.0471975511965979},
                        Case{OpKind::atan, 1, 0.7853981633974483},
                        Case{OpKind::sinh, 1, 1.1752011936438014},
                        Case{OpKind::cosh, 1, 1.5430806348152437},
                        Case{OpKind::asinh, 1, 0.881373587019543},
                        Case{OpKind::acosh, 2, 1.3169578969248166},
                        Case{OpKind::atanh, 0.5, 0.5493061443340549}}) {
    EXPECT_TRUE(is_close(apply(c.op, {c.x}), f32_of({1}, {c.y}))) << name_of(c.op);
    if (c.op != OpKind::neg && c.op != OpKind::abs) {
      EXPECT_TRUE(std::isnan(apply(c.op, {kNaN}).as<float>()[0])) << name_of(c.op);
    }
  }
  EXPECT_TRUE(is_identical(apply(OpKind::softplus, {-1000, 1000}), f32_of({2}, {0, 1000})));
  EXPECT_TRUE(is_identical(apply(OpKind::round, {kInfinity, 1e30}), f32_of({2}, {kInfinity, 1e30})));
}

TEST(RefActivation, TakesBf16AndScalars) {
  EXPECT_TRUE(is_identical(reference_output(OpKind::relu, {.inputs = {{tensor_of(DType::bf16, {}, {-3})}}}),
                           tensor_of(DType::bf16, {}, {0})));
}

}  // namespace
}  // namespace rheo::testing

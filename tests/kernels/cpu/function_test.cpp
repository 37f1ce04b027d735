// SPDX-License-Identifier: Apache-2.0
// How far the vector functions are from the exact values, over their whole range: the bounds that lanes/functions.h and
// lanes/power.h state. Tests kernels/cpu/function.cpp, arithmetic.cpp and the loops under them.
#include <gtest/gtest.h>

#include <cmath>

#include "agree/kernel_agreement.h"

namespace rheo::testing {
namespace {

struct Function {
  OpKind op;
  double low, high;  // of the arguments
  double bound;      // of the relative error
  bool by_exponent;  // arguments are spread over the exponents of floats, not evenly
};

// 20,011 arguments.
std::vector<double> arguments(const Function& f) {
  constexpr int kCount = 20'011;
  std::vector<double> values;
  for (int i = 0; i < kCount; ++i) {
    const double part = static_cast<double>(i) / (kCount - 1);
    values.push_back(f.by_exponent ? f.low * std::pow(f.high / f.low, part) : f.low + part * (f.high - f.low));
  }
  return values;
}

double worst_relative_error(const Tensor& actual, const std::vector<double>& exact) {
  double worst = 0;
  const std::span<const float> elements = actual.as<float>();
  for (std::size_t i = 0; i < exact.size(); ++i) {
    const double error = std::abs(static_cast<double>(elements[i]) - exact[i]);
    if (exact[i] != 0) worst = std::max(worst, error / std::abs(exact[i]));
  }
  return worst;
}

// The exact value of the rounded argument.
double exact_of(OpKind op, double x) {
  const double softplus = (x > 0 ? x : 0) + std::log1p(std::exp(-std::abs(x)));
  switch (op) {
    case OpKind::exp: return std::exp(x);
    case OpKind::log: return std::log(x);
    case OpKind::erf: return std::erf(x);
    case OpKind::softplus: return softplus;
    case OpKind::mish: return x * std::tanh(softplus);
    default: return x < 0 ? std::expm1(x) : x;  // elu and celu with alpha 1
  }
}

TEST(Functions, StayWithinTheirBounds) {
  for (const Function& f :
       {Function{OpKind::exp, -85, 88, 0x1p-21, false}, Function{OpKind::log, 1e-44, 3e38, 0x1p-21, true},
        Function{OpKind::log, 0.5, 2, 0x1p-21, false}, Function{OpKind::erf, 1e-30, 9, 0x1p-20, true},
        Function{OpKind::erf, -4, 4, 0x1p-20, false}, Function{OpKind::softplus, -80, 80, 0x1p-21, false},
        Function{OpKind::mish, -80, 80, 0x1p-21, false}, Function{OpKind::celu, -20, 20, 0x1p-21, false},
        Function{OpKind::elu, -20, 20, 0x1p-21, false}, Function{OpKind::elu, -1e-30, -20, 0x1p-21, true}}) {
    const std::vector<double> values = arguments(f);
    const Tensor x = f32_of({static_cast<std::int64_t>(values.size())}, values);
    std::vector<double> exact;
    for (const float value : x.as<float>()) exact.push_back(exact_of(f.op, static_cast<double>(value)));
    for (Isa isa : allowed_isas()) {
      const KernelRun run{.inputs = {{x}}, .isa = isa};
      const auto outcome = run_kernel(entry_of(cpu_kernels(), fmt::format("own.{}", name_of(f.op))), run);
      ASSERT_TRUE(outcome.ok()) << outcome.status().message();
      const double worst = worst_relative_error(outcome->outputs[0], exact);
      EXPECT_LT(worst, f.bound) << name_of(f.op) << " on " << name_of(isa) << ", 2^" << std::log2(worst);
    }
  }
}

// The loss of one rounding to f32, and a little of the series.
TEST(Functions, PowersAreAlmostRounded) {
  const Function bases{OpKind::pow, 1e-37, 1e37, 0, true};
  const Function exponents{OpKind::pow, -1.01, 1.01, 0, false};
  const Tensor a = f32_of({20'011}, arguments(bases));
  std::vector<double> values = arguments(exponents);
  std::vector<double> shuffled;
  for (std::size_t i = 0; i < values.size(); ++i) shuffled.push_back(values[i * 7919 % values.size()]);
  const Tensor b = f32_of({20'011}, shuffled);
  std::vector<double> exact;
  for (std::size_t i = 0; i < values.size(); ++i) {
    exact.push_back(std::pow(static_cast<double>(a.as<float>()[i]), static_cast<double>(b.as<float>()[i])));
  }
  for (Isa isa : allowed_isas()) {
    const auto outcome = run_kernel(entry_of(cpu_kernels(), "own.pow"), {.inputs = {{a}, {b}}, .isa = isa});
    ASSERT_TRUE(outcome.ok()) << outcome.status().message();
    EXPECT_LT(worst_relative_error(outcome->outputs[0], exact), 0x1.01p-24) << name_of(isa);
  }
}

}  // namespace
}  // namespace rheo::testing

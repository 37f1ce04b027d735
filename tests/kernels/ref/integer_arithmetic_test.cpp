// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <limits>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

template <typename T>
T apply(OpKind op, T a, T b, Attributes attributes = {}) {
  const KernelRun run{.attributes = std::move(attributes),
                      .inputs = {{Tensor::of<T>({a}, {1}).value()}, {Tensor::of<T>({b}, {1}).value()}}};
  return reference_output(op, run).template as<T>()[0];
}

template <typename T>
class RefIntegerArithmetic : public ::testing::Test {
 protected:
  static constexpr T kLow = std::numeric_limits<T>::min();
  static constexpr T kHigh = std::numeric_limits<T>::max();
};
using Integers = ::testing::Types<std::int32_t, std::int64_t>;
TYPED_TEST_SUITE(RefIntegerArithmetic, Integers);

TYPED_TEST(RefIntegerArithmetic, WrapsAround) {
  using T = TypeParam;
  EXPECT_EQ(apply<T>(OpKind::add, this->kHigh, 1), this->kLow);
  EXPECT_EQ(apply<T>(OpKind::sub, this->kLow, 1), this->kHigh);
  EXPECT_EQ(apply<T>(OpKind::mul, this->kLow, -1), this->kLow);
  EXPECT_EQ(apply<T>(OpKind::mul, this->kHigh, 2), -2);
  EXPECT_EQ(apply<T>(OpKind::add, this->kHigh - 1, 1), this->kHigh);
}

TYPED_TEST(RefIntegerArithmetic, DividesTowardZeroAndByZeroGivesZero) {
  using T = TypeParam;
  EXPECT_EQ(apply<T>(OpKind::div, 7, 2), 3);
  EXPECT_EQ(apply<T>(OpKind::div, -7, 2), -3);
  EXPECT_EQ(apply<T>(OpKind::div, 7, 0), 0);
  EXPECT_EQ(apply<T>(OpKind::div, this->kLow, -1), this->kLow);
}

TYPED_TEST(RefIntegerArithmetic, TakesTheSignOfEitherOperand) {
  using T = TypeParam;
  struct Case {
    T a, b, python, c;
  };
  for (const Case& c : {Case{7, 3, 1, 1}, Case{-7, 3, 2, -1}, Case{7, -3, -2, 1}, Case{-7, -3, -1, -1},
                        Case{6, -3, 0, 0}, Case{7, 0, 0, 0}, Case{this->kLow, -1, 0, 0}}) {
    EXPECT_EQ(apply<T>(OpKind::mod, c.a, c.b), c.python) << c.a << " " << c.b;
    EXPECT_EQ(apply<T>(OpKind::mod, c.a, c.b, {{"fmod", 1}}), c.c) << c.a << " " << c.b;
  }
}

TYPED_TEST(RefIntegerArithmetic, RaisesToPowers) {
  using T = TypeParam;
  EXPECT_EQ(apply<T>(OpKind::pow, -3, 5), -243);
  EXPECT_EQ(apply<T>(OpKind::pow, 0, 0), 1);
  EXPECT_EQ(apply<T>(OpKind::pow, 2, 64), 0);
  EXPECT_EQ(apply<T>(OpKind::pow, 2, -1), 0);
  EXPECT_EQ(apply<T>(OpKind::pow, 0, -1), 0);
  EXPECT_EQ(apply<T>(OpKind::pow, -1, -3), -1);
  EXPECT_EQ(apply<T>(OpKind::pow, -1, -4), 1);
  EXPECT_EQ(apply<T>(OpKind::min, -1, 4), -1);
  EXPECT_EQ(apply<T>(OpKind::max, -1, 4), 4);
}

TEST(RefIntegerArithmeticOfI64, IsExactWhereDoubleIsNot) {
  constexpr std::int64_t kLarge = (std::int64_t{1} << 53) + 1;
  EXPECT_EQ(apply<std::int64_t>(OpKind::sub, kLarge, 1), kLarge - 1);
  EXPECT_EQ(apply<std::int64_t>(OpKind::min, kLarge, kLarge + 1), kLarge);
}

TEST(RefIntegerArithmeticOfI64, Broadcasts) {
  const KernelRun run{.inputs = {{tensor_of(DType::i64, {2, 1}, {1, 2})}, {tensor_of(DType::i64, {2}, {10, 20})}}};
  EXPECT_TRUE(is_identical(reference_output(OpKind::mul, run), tensor_of(DType::i64, {2, 2}, {10, 20, 20, 40})));
}

}  // namespace
}  // namespace rheo::testing

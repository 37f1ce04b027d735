// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <limits>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

Tensor apply(OpKind op, const Tensor& a, const Tensor& b) { return reference_output(op, {.inputs = {{a}, {b}}}); }

TEST(RefArithmetic, ComputesElementByElement) {
  const Tensor a = f32_of({2, 2}, {1, 2, 3, 4});
  const Tensor b = f32_of({2, 2}, {4, 3, 2, 8});
  EXPECT_TRUE(is_identical(apply(OpKind::add, a, b), f32_of({2, 2}, {5, 5, 5, 12})));
  EXPECT_TRUE(is_identical(apply(OpKind::sub, a, b), f32_of({2, 2}, {-3, -1, 1, -4})));
  EXPECT_TRUE(is_identical(apply(OpKind::mul, a, b), f32_of({2, 2}, {4, 6, 6, 32})));
  EXPECT_TRUE(is_identical(apply(OpKind::div, a, b), f32_of({2, 2}, {0.25, 2.0F / 3.0F, 1.5, 0.5})));
}

TEST(RefArithmetic, BroadcastsEitherSide) {
  const Tensor x = f32_of({1, 2, 1, 2}, {1, 2, 3, 4});
  EXPECT_TRUE(
      is_identical(apply(OpKind::mul, x, f32_of({1, 2, 1, 1}, {10, 100})), f32_of({1, 2, 1, 2}, {10, 20, 300, 400})));
  EXPECT_TRUE(is_identical(apply(OpKind::sub, f32_of({}, {10}), x), f32_of({1, 2, 1, 2}, {9, 8, 7, 6})));
  EXPECT_TRUE(is_identical(apply(OpKind::add, x, f32_of({2}, {10, 20})), f32_of({1, 2, 1, 2}, {11, 22, 13, 24})));
  EXPECT_TRUE(is_identical(apply(OpKind::add, f32_of({3, 1}, {1, 2, 3}), f32_of({1, 2}, {10, 20})),
                           f32_of({3, 2}, {11, 21, 12, 22, 13, 23})));
  EXPECT_EQ(apply(OpKind::add, f32_of({0, 2}, {}), f32_of({1, 2}, {1, 2})).shape(), (Shape{0, 2}));
}

TEST(RefArithmetic, ComputesWhatIsNotPlainArithmetic) {
  const Tensor a = f32_of({4}, {-7, 7, -7, 2.5});
  const Tensor b = f32_of({4}, {3, -3, -3, 0.75});
  EXPECT_TRUE(is_identical(apply(OpKind::min, a, b), f32_of({4}, {-7, -3, -7, 0.75})));
  EXPECT_TRUE(is_identical(apply(OpKind::max, a, b), f32_of({4}, {3, 7, -3, 2.5})));
  EXPECT_TRUE(is_identical(apply(OpKind::mod, a, b), f32_of({4}, {2, -2, -1, 0.25})));
  EXPECT_TRUE(is_identical(reference_output(OpKind::mod, {.attributes = {{"fmod", 1}}, .inputs = {{a}, {b}}}),
                           f32_of({4}, {-1, 1, -1, 0.25})));
  EXPECT_TRUE(is_close(apply(OpKind::pow, a, b), f32_of({4}, {-343, 1.0 / 343, -1.0 / 343, 1.988179})));
  EXPECT_TRUE(is_identical(apply(OpKind::prelu, a, f32_of({1}, {0.5})), f32_of({4}, {-3.5, 7, -3.5, 2.5})));
}

TEST(RefArithmetic, LetsNaNWin) {
  const Tensor a = f32_of({3}, {kNaN, 1, kNaN});
  const Tensor b = f32_of({3}, {1, kNaN, kNaN});
  for (OpKind op : {OpKind::min, OpKind::max}) {
    EXPECT_TRUE(is_close(apply(op, a, b), f32_of({3}, {kNaN, kNaN, kNaN}))) << name_of(op);
  }
}

TEST(RefArithmetic, TakesAWholeExponent) {
  EXPECT_TRUE(is_identical(apply(OpKind::pow, f32_of({2}, {-2, 0.5}), tensor_of(DType::i64, {2, 1}, {3, -2})),
                           f32_of({2, 2}, {-8, 0.125, 0.25, 4})));
}

TEST(RefArithmetic, DividesByZeroAsIeeeSays) {
  EXPECT_TRUE(is_close(apply(OpKind::div, f32_of({3}, {1, -1, 0}), f32_of({1}, {0})),
                       f32_of({3}, {kInfinity, -kInfinity, kNaN})));
}

TEST(RefArithmetic, RoundsBf16ToEven) {
  // 256 + 1 lies halfway between 256 and 258, 258 + 1 between 258 and 260.
  EXPECT_TRUE(
      is_identical(apply(OpKind::add, tensor_of(DType::bf16, {2}, {256, 258}), tensor_of(DType::bf16, {1}, {1})),
                   tensor_of(DType::bf16, {2}, {256, 260})));
}

}  // namespace
}  // namespace rheo::testing

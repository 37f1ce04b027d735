// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <limits>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Tensor apply(OpKind op, const Tensor& a, const Tensor& b) { return reference_output(op, {.inputs = {{a}, {b}}}); }
Tensor flags(const Shape& shape, const std::vector<double>& values) { return tensor_of(DType::boolean, shape, values); }

TEST(RefComparison, ComparesEveryDtype) {
  for (DType dtype : {DType::f32, DType::bf16, DType::i32, DType::i64}) {
    const Tensor a = tensor_of(dtype, {3}, {-1, 2, 3});
    const Tensor b = tensor_of(dtype, {1}, {2});
    EXPECT_TRUE(is_identical(apply(OpKind::equal, a, b), flags({3}, {0, 1, 0})));
    EXPECT_TRUE(is_identical(apply(OpKind::greater, a, b), flags({3}, {0, 0, 1})));
    EXPECT_TRUE(is_identical(apply(OpKind::greater_equal, a, b), flags({3}, {0, 1, 1})));
    EXPECT_TRUE(is_identical(apply(OpKind::less, a, b), flags({3}, {1, 0, 0})));
    EXPECT_TRUE(is_identical(apply(OpKind::less_equal, a, b), flags({3}, {1, 1, 0})));
  }
  EXPECT_TRUE(
      is_identical(apply(OpKind::equal, flags({2, 1}, {0, 1}), flags({2}, {0, 1})), flags({2, 2}, {1, 0, 0, 1})));
}

TEST(RefComparison, HoldsForNoNaN) {
  const Tensor a = f32_of({3}, {kNaN, kNaN, 1});
  const Tensor b = f32_of({3}, {kNaN, 1, kNaN});
  for (OpKind op : {OpKind::equal, OpKind::greater, OpKind::greater_equal, OpKind::less, OpKind::less_equal}) {
    EXPECT_TRUE(is_identical(apply(op, a, b), flags({3}, {0, 0, 0}))) << name_of(op);
  }
}

TEST(RefComparison, IsExactWhereDoubleIsNot) {
  constexpr std::int64_t kLarge = std::int64_t{1} << 53;
  const Tensor a = Tensor::of<std::int64_t>({kLarge}, {1}).value();
  const Tensor b = Tensor::of<std::int64_t>({kLarge + 1}, {1}).value();
  EXPECT_TRUE(is_identical(apply(OpKind::equal, a, b), flags({1}, {0})));
  EXPECT_TRUE(is_identical(apply(OpKind::less, a, b), flags({1}, {1})));
}

}  // namespace
}  // namespace rheo::testing

// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <limits>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

Tensor apply(const Tensor& x, DType to) {
  return reference_output(OpKind::cast, {.attributes = {{"dtype", std::string(name_of(to))}}, .inputs = {{x}}});
}

TEST(RefCast, RoundsFloatsToNearestEven) {
  EXPECT_TRUE(is_identical(apply(f32_of({3}, {257, 259, 1.0 / 3}), DType::bf16),
                           tensor_of(DType::bf16, {3}, {256, 260, 0.333984375})));
  EXPECT_TRUE(is_identical(apply(f32_of({3}, {2049, 2051, 1e6}), DType::f16),
                           tensor_of(DType::f16, {3}, {2048, 2052, kInfinity})));
  EXPECT_TRUE(is_identical(apply(tensor_of(DType::f16, {1}, {0.5}), DType::f32), f32_of({1}, {0.5})));
}

TEST(RefCast, CutsTowardZeroAndSaturates) {
  const Tensor x = f32_of({6}, {1.9, -1.9, 300, -300, kNaN, kInfinity});
  EXPECT_TRUE(is_identical(apply(x, DType::i8), tensor_of(DType::i8, {6}, {1, -1, 127, -128, 0, 127})));
  EXPECT_TRUE(is_identical(apply(x, DType::u8), tensor_of(DType::u8, {6}, {1, 0, 255, 0, 0, 255})));
  const Tensor wide = apply(x, DType::i64);
  EXPECT_EQ(wide.as<std::int64_t>()[5], std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(wide.as<std::int64_t>()[3], -300);
}

TEST(RefCast, AsksBoolWhetherItIsNotZero) {
  EXPECT_TRUE(
      is_identical(apply(f32_of({3}, {0, 0.5, -2}), DType::boolean), tensor_of(DType::boolean, {3}, {0, 1, 1})));
  EXPECT_TRUE(is_identical(apply(tensor_of(DType::boolean, {2}, {0, 1}), DType::f32), f32_of({2}, {0, 1})));
}

TEST(RefCast, CopiesTheSameDtypeBitByBit) {
  const Tensor x = Tensor::of<std::int64_t>({(std::int64_t{1} << 53) + 1}, {1}).value();
  EXPECT_EQ(apply(x, DType::i64).as<std::int64_t>()[0], (std::int64_t{1} << 53) + 1);
}

}  // namespace
}  // namespace rheo::testing

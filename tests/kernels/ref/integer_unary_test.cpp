// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <limits>
#include <span>
#include <vector>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

template <typename T>
std::vector<T> apply(OpKind op, const std::vector<T>& x, Attributes attributes = {}) {
  const Shape shape{static_cast<std::int64_t>(x.size())};
  const Tensor input = Tensor::copy_of(TensorView(std::span<const T>(x), shape)).value();
  const Tensor output = reference_output(op, {.attributes = std::move(attributes), .inputs = {{input}}});
  const auto elements = output.as<T>();
  return {elements.begin(), elements.end()};
}

template <typename T>
class RefIntegerUnary : public ::testing::Test {
 protected:
  static constexpr T kLow = std::numeric_limits<T>::min();
  static constexpr T kHigh = std::numeric_limits<T>::max();
};
using Integers = ::testing::Types<std::int32_t, std::int64_t>;
TYPED_TEST_SUITE(RefIntegerUnary, Integers);

TYPED_TEST(RefIntegerUnary, WrapsTheLowestNumberAround) {
  using T = TypeParam;
  const std::vector<T> x = {-3, 0, 5, this->kLow, this->kHigh};
  EXPECT_EQ(apply<T>(OpKind::neg, x), (std::vector<T>{3, 0, -5, this->kLow, -this->kHigh}));
  EXPECT_EQ(apply<T>(OpKind::abs, x), (std::vector<T>{3, 0, 5, this->kLow, this->kHigh}));
  EXPECT_EQ(apply<T>(OpKind::sign, x), (std::vector<T>{-1, 0, 1, -1, 1}));
}

TYPED_TEST(RefIntegerUnary, ClampsBetweenWholeNumbers) {
  using T = TypeParam;
  const std::vector<T> x = {-3, 0, 5, this->kLow, this->kHigh};
  EXPECT_EQ(apply<T>(OpKind::clamp, x, {{"min", -1.5}, {"max", 2.5}}), (std::vector<T>{-1, 0, 2, -1, 2}));
  EXPECT_EQ(apply<T>(OpKind::clamp, x), x);
  EXPECT_EQ(apply<T>(OpKind::clamp, x, {{"min", -1e30}, {"max", 1e30}}), x);
}

}  // namespace
}  // namespace rheo::testing

// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

std::vector<Tensor> best(const Tensor& x, const Attributes& attributes) {
  return run_reference(OpKind::top_k, {.attributes = attributes, .inputs = {{x}}}).value().outputs;
}

TEST(RefTopK, OrdersValuesThenIndices) {
  const Tensor x = f32_of({2, 4}, {1, 3, 3, 0, 5, -2, 5, 7});
  const std::vector<Tensor> largest = best(x, {{"k", 3}});
  EXPECT_TRUE(is_identical(largest[0], f32_of({2, 3}, {3, 3, 1, 7, 5, 5})));
  EXPECT_EQ(values_of(largest[1]), (std::vector<double>{1, 2, 0, 3, 0, 2}));
  const std::vector<Tensor> smallest = best(x, {{"k", 1}, {"axis", 0}, {"largest", 0}});
  EXPECT_TRUE(is_identical(smallest[0], f32_of({1, 4}, {1, -2, 3, 0})));
  EXPECT_EQ(values_of(smallest[1]), (std::vector<double>{0, 1, 0, 0}));
}

TEST(RefTopK, ANanComesFirst) {
  for (std::int64_t largest : {0, 1}) {
    const std::vector<Tensor> found = best(f32_of({3}, {1, NAN, 2}), {{"k", 2}, {"largest", largest}});
    EXPECT_TRUE(is_close(found[0], f32_of({2}, {NAN, largest != 0 ? 2.0 : 1.0})));
    EXPECT_EQ(values_of(found[1])[0], 1);
  }
}

TEST(RefTopK, MayBeEmpty) { EXPECT_EQ(best(f32_of({3}, {1, 2, 3}), {{"k", 0}})[1].shape(), (Shape{0})); }

}  // namespace
}  // namespace rheo::testing

// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

using Integers = std::vector<std::int64_t>;

Tensor padded(const Tensor& x, const Integers& pads, const char* mode, double value = 0) {
  return reference_output(OpKind::pad,
                          {.attributes = {{"pads", pads}, {"mode", mode}, {"value", value}}, .inputs = {{x}}});
}

TEST(RefPad, SurroundsAndCrops) {
  const Tensor x = f32_of({2, 3}, {1, 2, 3, 4, 5, 6});
  EXPECT_TRUE(is_identical(padded(x, {1, -1, 0, 1}, "constant", 9), f32_of({3, 3}, {9, 9, 9, 2, 3, 9, 5, 6, 9})));
  EXPECT_TRUE(is_identical(padded(x, {0, 2, 0, 0}, "reflect"), f32_of({2, 5}, {3, 2, 1, 2, 3, 6, 5, 4, 5, 6})));
  EXPECT_TRUE(is_identical(padded(x, {0, 0, 1, 1}, "edge"), f32_of({3, 4}, {1, 2, 3, 3, 4, 5, 6, 6, 4, 5, 6, 6})));
  EXPECT_TRUE(is_identical(padded(x, {0, 1, 0, 1}, "wrap"), f32_of({2, 5}, {3, 1, 2, 3, 1, 6, 4, 5, 6, 4})));
}

TEST(RefPad, TheValueIsReal) {
  const KernelRun run{.attributes = {{"pads", Integers{0, 1}}, {"value", 1.0}},
                      .inputs = {{tensor_of(DType::u8, {1}, {7}), {{0.25F}, 0}}}};
  EXPECT_EQ(values_of(reference_output(OpKind::pad, run)), (std::vector<double>{7, 4}));
  EXPECT_EQ(values_of(padded(tensor_of(DType::boolean, {1}, {0}), {1, 0}, "constant", 5)), (std::vector<double>{1, 0}));
}

}  // namespace
}  // namespace rheo::testing

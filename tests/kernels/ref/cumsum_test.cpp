// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

TEST(RefCumsum, AddsUpInEitherDirection) {
  const Tensor x = f32_of({2, 3}, {1, 2, 3, 4, 5, 6});
  const auto summed = [&](const Attributes& attributes) {
    return values_of(reference_output(OpKind::cumsum, {.attributes = attributes, .inputs = {{x}}}));
  };
  using Values = std::vector<double>;
  EXPECT_EQ(summed({{"axis", 1}}), (Values{1, 3, 6, 4, 9, 15}));
  EXPECT_EQ(summed({{"axis", 0}}), (Values{1, 2, 3, 5, 7, 9}));
  EXPECT_EQ(summed({{"axis", 1}, {"exclusive", 1}}), (Values{0, 1, 3, 0, 4, 9}));
  EXPECT_EQ(summed({{"axis", 1}, {"reverse", 1}}), (Values{6, 5, 3, 15, 11, 6}));
  EXPECT_EQ(summed({{"axis", 1}, {"reverse", 1}, {"exclusive", 1}}), (Values{5, 3, 0, 11, 6, 0}));
}

TEST(RefCumsum, IntegersWrapAround) {
  const Tensor x = tensor_of(DType::i32, {3}, {2147483647, 1, 1});
  EXPECT_EQ(values_of(reference_output(OpKind::cumsum, {.attributes = {{"axis", 0}}, .inputs = {{x}}})),
            (std::vector<double>{2147483647, -2147483648.0, -2147483647}));
}

}  // namespace
}  // namespace rheo::testing

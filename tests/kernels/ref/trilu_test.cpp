// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "support/kernel_runner.h"
#include "support/tensors.h"

namespace rheo::testing {
namespace {

TEST(RefTrilu, KeepsATriangle) {
  const Tensor x = f32_of({1, 2, 3}, {1, 2, 3, 4, 5, 6});
  const auto triangle = [&](std::int64_t upper, std::int64_t diagonal) {
    return values_of(
        reference_output(OpKind::trilu, {.attributes = {{"upper", upper}, {"diagonal", diagonal}}, .inputs = {{x}}}));
  };
  using Values = std::vector<double>;
  EXPECT_EQ(triangle(1, 0), (Values{1, 2, 3, 0, 5, 6}));
  EXPECT_EQ(triangle(0, 0), (Values{1, 0, 0, 4, 5, 0}));
  EXPECT_EQ(triangle(1, 2), (Values{0, 0, 3, 0, 0, 0}));
  EXPECT_EQ(triangle(0, -1), (Values{0, 0, 0, 4, 0, 0}));
  EXPECT_EQ(triangle(1, INT64_MIN), (Values{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(triangle(1, INT64_MAX), Values(6, 0));
}

}  // namespace
}  // namespace rheo::testing

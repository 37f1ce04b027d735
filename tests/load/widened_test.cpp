// SPDX-License-Identifier: Apache-2.0
#include "load/widened.h"

#include <gtest/gtest.h>

#include "support/tensors.h"

namespace rheo {
namespace {

TEST(Widened, SixteenBitFloatsBecomeF32Exactly) {
  for (const DType dtype : {DType::f16, DType::bf16}) {
    bool widened = false;
    const Tensor wide = in_f32(testing::tensor_of(dtype, {3}, {1.5, -0.25, 96}), widened).value();
    EXPECT_TRUE(testing::is_identical(wide, testing::f32_of({3}, {1.5, -0.25, 96})));
    EXPECT_TRUE(widened);
  }
}

TEST(Widened, OthersStayWhatTheyAre) {
  bool widened = false;
  const Tensor whole = testing::tensor_of(DType::i64, {2}, {1, 2});
  EXPECT_EQ(in_f32(whole, widened).value().data(), whole.data());
  EXPECT_FALSE(widened);
}

}  // namespace
}  // namespace rheo

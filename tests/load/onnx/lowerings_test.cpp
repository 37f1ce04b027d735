// SPDX-License-Identifier: Apache-2.0
#include "load/onnx/lowerings.h"

#include <gtest/gtest.h>

namespace rheo::onnx {
namespace {

TEST(OnnxLowerings, FindsEveryOperatorOfItsListAndNoOther) {
  for (const Lowering& lowering : lowerings()) {
    ASSERT_NE(find_lowering(lowering.op), nullptr) << lowering.op;
    EXPECT_EQ(find_lowering(lowering.op)->lower, lowering.lower) << lowering.op;
  }
  EXPECT_EQ(find_lowering("Loop"), nullptr);
  EXPECT_EQ(find_lowering(""), nullptr);
  EXPECT_EQ(find_lowering("conv"), nullptr);
}

}  // namespace
}  // namespace rheo::onnx

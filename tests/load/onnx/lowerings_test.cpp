// SPDX-License-Identifier: Apache-2.0
#include "load/onnx/lowerings.h"

#include <gtest/gtest.h>

namespace rheo::onnx {
namespace {

TEST(OnnxLowerings, FindsEveryOperatorOfItsListAndNoOther) {
  for (const std::string_view domain : {std::string_view(), kMicrosoft}) {
    EXPECT_FALSE(lowerings(domain).empty());
    for (const Lowering& lowering : lowerings(domain)) {
      ASSERT_NE(find_lowering(lowering.op, domain), nullptr) << lowering.op;
      EXPECT_EQ(find_lowering(lowering.op, domain)->lower, lowering.lower) << lowering.op;
    }
  }
  EXPECT_EQ(find_lowering("Loop"), nullptr);
  EXPECT_EQ(find_lowering(""), nullptr);
  EXPECT_EQ(find_lowering("conv"), nullptr);
  EXPECT_EQ(find_lowering("Conv", kMicrosoft), nullptr);
  EXPECT_EQ(find_lowering("QLinearAdd"), nullptr);
  EXPECT_EQ(find_lowering("Conv", "org.example"), nullptr);
}

TEST(OnnxLowerings, KnowsAttributesThatMeanNothing) {
  EXPECT_TRUE(means_nothing("momentum", "BatchNormalization"));
  EXPECT_FALSE(means_nothing("epsilon", "BatchNormalization"));
  EXPECT_FALSE(means_nothing("momentum", "Relu"));
}

TEST(OnnxLowerings, KnowsWhatNeverChanged) {
  EXPECT_TRUE(means_the_same_since_set_1("GlobalMaxPool"));
  EXPECT_TRUE(means_the_same_since_set_1("Not"));
  EXPECT_FALSE(means_the_same_since_set_1("Reshape"));
  EXPECT_FALSE(means_the_same_since_set_1("Cast"));
}

}  // namespace
}  // namespace rheo::onnx

// SPDX-License-Identifier: Apache-2.0
#include "load/aten/lowerings.h"

#include <gtest/gtest.h>

namespace rheo::aten {
namespace {

TEST(AtenLowerings, FindsEveryTargetOfItsListAndNoOther) {
  for (const Lowering& lowering : lowerings()) {
    ASSERT_NE(find_lowering(lowering.target), nullptr) << lowering.target;
    EXPECT_EQ(find_lowering(lowering.target)->lower, lowering.lower) << lowering.target;
  }
  EXPECT_EQ(find_lowering("aten.relu"), nullptr);
  EXPECT_EQ(find_lowering("aten.relu.out"), nullptr);
  EXPECT_EQ(find_lowering("relu.default"), nullptr);
  EXPECT_EQ(find_lowering(""), nullptr);
}

TEST(AtenLowerings, HaveSignaturesThatCanBeRead) {
  for (const Lowering& lowering : lowerings()) {
    EXPECT_EQ(lowering.signature.find("  "), std::string_view::npos) << lowering.target;
    EXPECT_FALSE(lowering.signature.ends_with(' ')) << lowering.target;
  }
}

}  // namespace
}  // namespace rheo::aten

// SPDX-License-Identifier: Apache-2.0
#include "op/local_response_norm.h"

#include <gtest/gtest.h>

#include "op/inferred.h"

namespace rheo::testing {
namespace {

TEST(LocalResponseNorm, KeepsTheType) {
  const Attributes size{{"size", 5}};
  EXPECT_TRUE(
      infers(inferred(OpKind::local_response_norm, {bf16({kDynamic, 3, 2, 2})}, size), bf16({kDynamic, 3, 2, 2})));
  EXPECT_TRUE(refuses(inferred(OpKind::local_response_norm, {f32({3})}, size), {"rank 2"}));
  EXPECT_TRUE(refuses(inferred(OpKind::local_response_norm, {f32({3, kDynamic})}, size), {"batch"}));
}

TEST(LocalResponseNorm, ChecksItsNumbers) {
  const auto with = [](const Attributes& attributes) {
    return inferred(OpKind::local_response_norm, {f32({1, 3})}, attributes);
  };
  EXPECT_TRUE(refuses(with({}), {"size"}));
  EXPECT_TRUE(refuses(with({{"size", 0}}), {"size", "0"}));
  EXPECT_TRUE(refuses(with({{"size", 3}, {"bias", 0.0}}), {"bias"}));
  EXPECT_TRUE(refuses(with({{"size", 3}, {"alpha", -1.0}}), {"alpha"}));
  EXPECT_TRUE(refuses(with({{"size", 3}, {"beta", -1.0}}), {"beta"}));
}

TEST(LocalResponseNorm, HasTheOddElementOfAWindowBehind) {
  EXPECT_EQ(LocalResponseNormSettings{.size = 5}.before(), 2);
  EXPECT_EQ(LocalResponseNormSettings{.size = 5}.after(), 2);
  EXPECT_EQ(LocalResponseNormSettings{.size = 4}.before(), 1);
  EXPECT_EQ(LocalResponseNormSettings{.size = 4}.after(), 2);
}

}  // namespace
}  // namespace rheo::testing

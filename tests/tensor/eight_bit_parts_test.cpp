// SPDX-License-Identifier: Apache-2.0
#include "tensor/eight_bit_parts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace rheo {
namespace {

TEST(EightBitParts, OneWhereAnI8HoldsEveryNumber) {
  const std::vector<int> numbers = {-128, 0, 1, 127};
  const std::vector<EightBitPart> parts = eight_bit_parts(numbers, {2, 2}).value();
  ASSERT_EQ(parts.size(), 1U);
  EXPECT_EQ(parts[0].factor, 1);
  EXPECT_EQ(parts[0].elements.shape(), (Shape{2, 2}));
  EXPECT_TRUE(std::ranges::equal(parts[0].elements.as<std::int8_t>(), numbers));
}

TEST(EightBitParts, TwoThatAddUpToNumbersBeyondIt) {
  std::vector<int> numbers;
  for (int number = -256; number <= 255; ++number) numbers.push_back(number);
  const auto count = static_cast<std::int64_t>(numbers.size());
  const std::vector<EightBitPart> parts = eight_bit_parts(numbers, {count}).value();
  ASSERT_EQ(parts.size(), 2U);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const float rest = parts[1].elements.as<std::int8_t>()[i];
    EXPECT_TRUE(rest == 0 || rest == 1);
    EXPECT_EQ(parts[0].factor * parts[0].elements.as<std::int8_t>()[i] + parts[1].factor * rest,
              static_cast<float>(numbers[i]));
  }
}

TEST(EightBitParts, NoneBeyondThoseToo) {
  for (const int number : {-257, 256}) EXPECT_TRUE(eight_bit_parts(std::span(&number, 1), {1}).value().empty());
}

}  // namespace
}  // namespace rheo

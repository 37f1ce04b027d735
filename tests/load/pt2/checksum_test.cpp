// SPDX-License-Identifier: Apache-2.0
#include "load/pt2/checksum.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/random.h"
#include "load/pt2/inflate.h"

namespace rheo::pt2 {
namespace {

std::vector<std::byte> noise(std::size_t count) {
  std::vector<std::byte> bytes(count);
  SplitMix64 random(count);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random.next() >> 32 & 0xff);
  return bytes;
}

TEST(Checksum, IsThatOfZip) {
  const std::string text = "123456789";
  EXPECT_EQ(checksum(std::as_bytes(std::span(text))), 0xcbf43926U);
  EXPECT_EQ(checksum({}), 0U);
}

// Every length around the blocks, at every place in a cache line.
TEST(Checksum, AgreesWithZlib) {
  const std::vector<std::byte> bytes = noise(1000);
  for (std::size_t from = 0; from < 66; ++from) {
    for (std::size_t count = 0; count < 300; ++count) {
      const auto part = std::span(bytes).subspan(from, count);
      ASSERT_EQ(checksum(part), crc32(part)) << count << " bytes from " << from;
    }
  }
  const std::vector<std::byte> many = noise((1 << 20) + 77);
  EXPECT_EQ(checksum(many), crc32(many));
  EXPECT_EQ(checksum(std::vector<std::byte>(4096)), crc32(std::vector<std::byte>(4096)));
}

TEST(Checksum, SeesEveryBit) {
  std::vector<std::byte> bytes = noise(200);
  const std::uint32_t whole = checksum(bytes);
  for (std::byte& byte : bytes) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      byte ^= static_cast<std::byte>(1U << bit);
      EXPECT_NE(checksum(bytes), whole);
      byte ^= static_cast<std::byte>(1U << bit);
    }
  }
}

TEST(Checksum, GoesOnWhereItStopped) {
  const std::vector<std::byte> bytes = noise(100);
  const auto all = std::span<const std::byte>(bytes);
  EXPECT_EQ(crc32(all.subspan(40), crc32(all.first(40))), crc32(all));
}

}  // namespace
}  // namespace rheo::pt2

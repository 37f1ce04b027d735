// SPDX-License-Identifier: Apache-2.0
#include "load/pt2/inflate.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace rheo::pt2 {
namespace {

// "aaaaaaaaaa" as zlib deflates it without a header.
constexpr std::array<unsigned char, 4> kTenTimesA = {0x4b, 0x84, 0x03, 0x00};

Result<std::string> inflated(std::size_t size) {
  std::string text(size, '?');
  const Status status = inflate(std::as_bytes(std::span(kTenTimesA)), std::as_writable_bytes(std::span(text)));
  return status.ok() ? Result<std::string>(text) : status;
}

TEST(Inflate, FillsExactlyWhatIsDeclared) {
  EXPECT_EQ(inflated(10).value(), "aaaaaaaaaa");
  EXPECT_EQ(inflated(9).status().code(), StatusCode::bad_format);
  EXPECT_EQ(inflated(11).status().code(), StatusCode::bad_format);
  EXPECT_EQ(inflated(0).status().code(), StatusCode::bad_format);
}

TEST(Inflate, RefusesWhatIsNoStream) {
  std::vector<std::byte> room(10);
  const std::array<unsigned char, 3> noise = {0xff, 0xff, 0xff};
  EXPECT_EQ(inflate(std::as_bytes(std::span(noise)), room).code(), StatusCode::bad_format);
  EXPECT_EQ(inflate({}, room).code(), StatusCode::bad_format);
  EXPECT_EQ(inflate(std::as_bytes(std::span(kTenTimesA)).first(2), room).code(), StatusCode::bad_format);
}

TEST(Inflate, KnowsTheChecksumOfZip) {
  const std::string text = "123456789";
  EXPECT_EQ(crc32(std::as_bytes(std::span(text))), 0xcbf43926U);
  EXPECT_EQ(crc32({}), 0U);
}

}  // namespace
}  // namespace rheo::pt2

// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "load/pt2/zip_archive.h"
#include "support/zip_writer.h"

namespace rheo::pt2 {
namespace {

using testing::as_file;
using testing::wide_zip_of;
using testing::zip_of;

Status refusal(const std::string& archive, const LoadLimits& limits = {}) {
  return read_directory(as_file(archive).bytes, limits).status();
}

TEST(ZipDirectory, IsFoundBehindEverything) {
  std::string archive = zip_of({{"m/a", "x"}, {"m/b", "yy"}});
  EXPECT_EQ(read_directory(as_file(archive).bytes, {}).value().size(), 2U);
  archive[archive.size() - 2] = 5;  // a comment
  EXPECT_EQ(refusal(archive).code(), StatusCode::bad_format);
  EXPECT_EQ(read_directory(as_file(archive + "hello").bytes, {}).value().size(), 2U);
}

TEST(ZipDirectory, TakesNumbersOf64Bits) {
  const FileBytes archive = as_file(wide_zip_of({{"m/a", "xyz"}}));
  const auto entries = read_directory(archive.bytes, {}).value();
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].name, "m/a");
  EXPECT_EQ(entries[0].size_bytes, 3U);
  EXPECT_EQ(entries[0].header_offset, 0U);
}

TEST(ZipDirectory, CountsNoMoreEntriesThanItHasRoomFor) {
  EXPECT_EQ(refusal(zip_of({{"a", ""}}, 2)).code(), StatusCode::bad_format);
  EXPECT_EQ(refusal(zip_of({{"a", ""}, {"b", ""}}, 1)).code(), StatusCode::bad_format);
  for (const std::uint64_t count : {std::uint64_t{1} << 40, ~std::uint64_t{0}}) {
    EXPECT_EQ(refusal(wide_zip_of({{"a", ""}}, count)).code(), StatusCode::bad_format) << count;
  }
  LoadLimits limits;
  limits.archive_entries = 1;
  EXPECT_EQ(refusal(zip_of({{"a", ""}, {"b", ""}}), limits).code(), StatusCode::limit_exceeded);
}

TEST(ZipDirectory, RefusesNamesThatLeadOutside) {
  for (const char* name : {"/etc/passwd", "../a", "a/../b", "a/..", "a\\b", ""}) {
    EXPECT_EQ(refusal(zip_of({{name, "x"}})).code(), StatusCode::bad_format) << name;
  }
  EXPECT_EQ(refusal(zip_of({{std::string("a\0b", 3), "x"}})).code(), StatusCode::bad_format);
  EXPECT_TRUE(refusal(zip_of({{"a/..b/c", "x"}})).ok());
}

TEST(ZipDirectory, RefusesWhatItCannotRead) {
  EXPECT_EQ(refusal(zip_of({{.name = "a", .content = "x", .flags = 1}})).code(), StatusCode::unsupported);
  EXPECT_EQ(refusal(zip_of({{.name = "a", .content = "x", .method = 12}})).code(), StatusCode::unsupported);
  EXPECT_EQ(refusal("").code(), StatusCode::bad_format);
  EXPECT_EQ(refusal("PK\x03\x04 no archive").code(), StatusCode::bad_format);
}

TEST(ZipDirectory, GivesAnErrorWhereverItIsCut) {
  const std::string archive = wide_zip_of({{"m/a", "xyz"}, {"m/b", "more"}});
  for (std::size_t length = 0; length < archive.size(); ++length) {
    EXPECT_FALSE(refusal(archive.substr(0, length)).ok()) << length;
  }
}

TEST(ZipDirectory, WidensOnlyFromAFieldThatIsThere) {
  Zip64 numbers{0xffffffff, 5, 0xffffffff};
  EXPECT_FALSE(widen_from_extra({}, numbers));
  const unsigned char field[] = {9, 0, 1, 0, 7, 1, 0, 16, 0, 1, 2, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0};
  numbers = {0xffffffff, 5, 0xffffffff};
  ASSERT_TRUE(widen_from_extra(std::as_bytes(std::span(field)), numbers));
  EXPECT_EQ(numbers.size_bytes, 0x201U);
  EXPECT_EQ(numbers.stored_bytes, 5U);
  EXPECT_EQ(numbers.header_offset, 3U);
  numbers = {0xffffffff, 0xffffffff, 0xffffffff};
  EXPECT_FALSE(widen_from_extra(std::as_bytes(std::span(field)), numbers));
}

}  // namespace
}  // namespace rheo::pt2

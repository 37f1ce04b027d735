// SPDX-License-Identifier: Apache-2.0
#include "load/pt2/zip_archive.h"

#include <gtest/gtest.h>

#include "support/zip_writer.h"

namespace rheo::pt2 {
namespace {

using testing::as_file;
using testing::wide_zip_of;
using testing::zip_of;
using testing::ZipPart;

std::string text_of(const ZipArchive& archive, std::string_view name) {
  const ZipEntry* entry = archive.find(name);
  if (entry == nullptr) return "(none)";
  const auto content = archive.read(*entry);
  if (!content) return "(" + content.status().message() + ")";
  return {reinterpret_cast<const char*>(content->bytes.data()), content->bytes.size()};
}

Status refusal(const std::string& archive, const LoadLimits& limits = {}) {
  return ZipArchive::open(as_file(archive), limits).status();
}

TEST(ZipArchive, ReadsStoredAndDeflatedEntries) {
  const std::vector<ZipPart> parts = {
      {"m/b", "stored"}, {"m/a", std::string(5000, 'z'), true}, {"m/empty", ""}, {"m/none", "", true}};
  for (const std::string& bytes : {zip_of(parts), wide_zip_of(parts)}) {
    const ZipArchive archive = ZipArchive::open(as_file(bytes)).value();
    ASSERT_EQ(archive.entries().size(), 4U);
    EXPECT_EQ(archive.entries()[0].name, "m/a");
    EXPECT_EQ(text_of(archive, "m/a"), std::string(5000, 'z'));
    EXPECT_EQ(text_of(archive, "m/b"), "stored");
    EXPECT_EQ(text_of(archive, "m/empty"), "");
    EXPECT_EQ(text_of(archive, "m/none"), "");
    EXPECT_EQ(archive.find("m"), nullptr);
  }
}

TEST(ZipArchive, ViewsWhatIsStored) {
  const FileBytes file = as_file(zip_of({{"a", "some content"}}));
  const ZipArchive archive = ZipArchive::open(file).value();
  const FileBytes content = archive.read(*archive.find("a")).value();
  EXPECT_GE(content.bytes.data(), file.bytes.data());
  EXPECT_LT(content.bytes.data(), file.bytes.data() + file.bytes.size());
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(content.bytes.data()) % 64, 0U);
}

TEST(ZipArchive, LooksAtChecksumsWhenItReads) {
  const ZipArchive archive =
      ZipArchive::open(as_file(zip_of({{.name = "a", .content = "x", .crc = 7}, {.name = "b", .content = "y"}})))
          .value();
  EXPECT_EQ(archive.read(*archive.find("a")).status().code(), StatusCode::bad_format);
  EXPECT_EQ(text_of(archive, "b"), "y");
}

TEST(ZipArchive, RefusesEntriesThatLie) {
  const auto bad = [](const ZipPart& part) {
    EXPECT_EQ(refusal(zip_of({part, {"other", "o"}})).code(), StatusCode::bad_format);
  };
  bad({.name = "a", .content = "x", .size_bytes = 1000});
  bad({.name = "a", .content = "x", .local_name = "b"});
  bad({.name = "a", .content = "x", .offset = 1});
  bad({.name = "a", .content = "x", .offset = 0xfffffff0});
  bad({.name = "other", .content = "twice"});
  EXPECT_EQ(refusal(wide_zip_of({{.name = "a", .content = "x", .offset = ~std::uint64_t{0} - 3}})).code(),
            StatusCode::bad_format);
  EXPECT_EQ(refusal(wide_zip_of({{.name = "a", .content = "x", .size_bytes = ~std::uint64_t{0}}})).code(),
            StatusCode::bad_format);
}

TEST(ZipArchive, RefusesEntriesThatOverlap) {
  EXPECT_EQ(refusal(zip_of({{"a", "x"}, {.name = "a2", .content = "x", .local_name = "a", .offset = 0}})).code(),
            StatusCode::bad_format);
  const std::string inner = zip_of({{"b", "y"}});
  EXPECT_EQ(refusal(zip_of({{"a", inner}, {.name = "b", .content = "y", .offset = 64}})).code(),
            StatusCode::bad_format);
}

TEST(ZipArchive, RefusesWhatSwellsWithoutMeasure) {
  const std::string zeros(3 << 20, '\0');
  EXPECT_EQ(refusal(zip_of({{"bomb", zeros, true}})).code(), StatusCode::limit_exceeded);
  EXPECT_TRUE(refusal(zip_of({{"text", zeros.substr(0, 1 << 20), true}})).ok());
  LoadLimits limits;
  limits.archive_inflated_bytes = 100;
  EXPECT_EQ(refusal(zip_of({{"a", zeros.substr(0, 90), true}, {"b", zeros.substr(0, 90), true}}), limits).code(),
            StatusCode::limit_exceeded);
}

TEST(ZipArchive, FillsDeflatedEntriesToTheirSizeOrNot) {
  for (const std::uint64_t size : {99U, 101U}) {
    const ZipArchive archive =
        ZipArchive::open(
            as_file(zip_of({{.name = "a", .content = std::string(100, 'a'), .is_deflated = true, .size_bytes = size}})))
            .value();
    EXPECT_EQ(archive.read(*archive.find("a")).status().code(), StatusCode::bad_format) << size;
  }
}

}  // namespace
}  // namespace rheo::pt2

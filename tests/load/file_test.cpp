// SPDX-License-Identifier: Apache-2.0
#include "load/file.h"

#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "support/temporary_folder.h"

namespace rheo {
namespace {

using testing::TemporaryFolder;

Status write(const std::string& file, std::string_view a, std::string_view b = {}) {
  const std::array parts = {std::as_bytes(std::span(a)), std::as_bytes(std::span(b))};
  return write_file_atomically(file, parts);
}

std::string_view text_of(const FileBytes& content) {
  return {reinterpret_cast<const char*>(content.bytes.data()), content.bytes.size()};
}

TEST(File, ReadsWhatWasWritten) {
  const TemporaryFolder folder;
  ASSERT_TRUE(write(folder.file("a"), "one ", "two").ok());
  EXPECT_EQ(text_of(read_file(folder.file("a")).value()), "one two");
  ASSERT_TRUE(write(folder.file("a"), "three").ok());
  EXPECT_EQ(text_of(read_file(folder.file("a")).value()), "three");
  ASSERT_TRUE(write(folder.file("empty"), "").ok());
  EXPECT_EQ(read_file(folder.file("empty"))->bytes.size(), 0U);
  EXPECT_EQ(folder.entries(), 2U);
}

TEST(File, HashesAllItsBytes) {
  const TemporaryFolder folder;
  ASSERT_TRUE(write(folder.file("empty"), "").ok());
  EXPECT_EQ(file_hash(folder.file("empty")).value(), "99aa06d3014798d86001c324468d497f");  // as xxhsum -H2 has it
  ASSERT_TRUE(write(folder.file("a"), "one ", "two").ok());
  ASSERT_TRUE(write(folder.file("b"), "one two").ok());
  ASSERT_TRUE(write(folder.file("c"), "one twO").ok());
  EXPECT_EQ(file_hash(folder.file("a")).value(), file_hash(folder.file("b")).value());
  EXPECT_NE(file_hash(folder.file("a")).value(), file_hash(folder.file("c")).value());
  EXPECT_EQ(file_hash(folder.file("none")).status().code(), StatusCode::not_found);
}

TEST(File, SaysWhyItCannotRead) {
  const TemporaryFolder folder;
  EXPECT_EQ(read_file(folder.file("none")).status().code(), StatusCode::not_found);
  EXPECT_EQ(read_file(folder.file("")).status().code(), StatusCode::invalid_argument);  // a folder
  ASSERT_TRUE(write(folder.file("a"), "12345").ok());
  EXPECT_EQ(read_file(folder.file("a"), 4).status().code(), StatusCode::limit_exceeded);
}

TEST(File, MapsWhatItReads) {
  const TemporaryFolder folder;
  ASSERT_TRUE(write(folder.file("a"), "mapped").ok());
  const FileBytes content = map_file(folder.file("a"), 6).value();
  ASSERT_TRUE(write(folder.file("a"), "another").ok());  // a new file takes the name; the old one stays mapped
  EXPECT_EQ(text_of(content), "mapped");
  ASSERT_TRUE(write(folder.file("empty"), "").ok());
  EXPECT_EQ(map_file(folder.file("empty"))->bytes.size(), 0U);
}

TEST(File, SaysWhyItCannotMap) {
  const TemporaryFolder folder;
  EXPECT_EQ(map_file(folder.file("none")).status().code(), StatusCode::not_found);
  EXPECT_EQ(map_file(folder.file("")).status().code(), StatusCode::invalid_argument);  // a folder
  EXPECT_EQ(map_file("/dev/zero").status().code(), StatusCode::invalid_argument);
  ASSERT_TRUE(write(folder.file("a"), "12345").ok());
  EXPECT_EQ(map_file(folder.file("a"), 4).status().code(), StatusCode::limit_exceeded);
}

TEST(File, LeavesNothingBehindWhenWritingFails) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder.file("a"));
  const Status status = write(folder.file("a"), "x");
  EXPECT_EQ(status.code(), StatusCode::io_error);
  EXPECT_NE(status.message().find("directory"), std::string::npos) << status.message();
  EXPECT_EQ(folder.entries(), 1U);
}

std::size_t mapped_kib() {  // of files, in memory now
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("RssFile:")) return std::stoul(line.substr(8));
  }
  return 0;
}

TEST(File, ForgetsPagesAndReadsThemAgain) {
  const TemporaryFolder folder;
  const std::string text(8 << 20, 'x');
  ASSERT_TRUE(write(folder.file("a"), text).ok());
  const FileBytes content = map_file(folder.file("a")).value();
  ASSERT_EQ(text_of(content), text);
  const std::size_t before = mapped_kib();
  forget_pages(content.owner, content.bytes);
  EXPECT_LT(mapped_kib() + 7 * 1024, before);
  EXPECT_EQ(text_of(content), text);
  const FileBytes read = read_file(folder.file("a")).value();
  forget_pages(read.owner, read.bytes);  // no mapping: nothing happens to it
  EXPECT_EQ(text_of(read), text);
}

TEST(File, AStampSeesThatAFileWasWrittenOver) {
  const TemporaryFolder folder;
  ASSERT_TRUE(write(folder.file("a"), "one").ok());
  const FileStamp stamp = FileStamp::of(folder.file("a"));
  EXPECT_TRUE(stamp.check().ok());
  std::ofstream(folder.file("a"), std::ios::app) << "more";
  EXPECT_EQ(stamp.check().code(), StatusCode::io_error);
  EXPECT_NE(stamp.check().message().find(folder.file("a")), std::string::npos);
  const FileStamp again = FileStamp::of(folder.file("a"));
  ASSERT_TRUE(write(folder.file("a"), "another").ok());
  EXPECT_TRUE(again.check().ok()) << "a new file took the name";
  std::filesystem::remove(folder.file("a"));
  EXPECT_TRUE(again.check().ok());
  EXPECT_TRUE(FileStamp::of(folder.file("none")).check().ok());
}

}  // namespace
}  // namespace rheo

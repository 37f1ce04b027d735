// SPDX-License-Identifier: Apache-2.0
#include "load/image_folder.h"

#include <gtest/gtest.h>

#include <array>
#include <fstream>

#include "support/picture_files.h"
#include "support/temporary_folder.h"

namespace rheo {
namespace {

using testing::TemporaryFolder;
using testing::write_png;

TEST(ImageFolder, ReadsPicturesByNameAndConvertsChannels) {
  const TemporaryFolder folder;
  write_png(folder.file("b.png"), 2, 1, 3, {255, 0, 0, 0, 0, 255});
  write_png(folder.file("a.PNG"), 2, 1, 1, {10, 20});
  std::ofstream(folder.file("notes.txt")) << "no picture";
  const Result<ImageFolder> colour = read_image_folder(folder.file(""), 3);
  ASSERT_TRUE(colour.ok()) << colour.status().message();
  EXPECT_EQ(colour->images.shape(), Shape({2, 3, 1, 2}));
  const auto pixels = colour->images.as<std::uint8_t>();
  const std::array<std::uint8_t, 12> expected = {10, 20, 10, 20, 10, 20, 255, 0, 0, 0, 0, 255};
  EXPECT_TRUE(std::equal(pixels.begin(), pixels.end(), expected.begin(), expected.end()));
  EXPECT_TRUE(colour->labels.empty());
  EXPECT_EQ(read_image_folder(folder.file(""), 1)->images.shape(), Shape({2, 1, 1, 2}));
}

TEST(ImageFolder, TakesSubFoldersAsClasses) {
  const TemporaryFolder folder;
  for (const char* name : {"shoe", "bag", "empty", ".git"}) std::filesystem::create_directory(folder.file(name));
  write_png(folder.file("shoe/1.png"), 1, 1, 1, {1});
  write_png(folder.file("bag/2.png"), 1, 1, 1, {2});
  write_png(folder.file("bag/1.png"), 1, 1, 1, {3});
  const Result<ImageFolder> read = read_image_folder(folder.file(""), 1);
  ASSERT_TRUE(read.ok()) << read.status().message();
  EXPECT_EQ(read->classes, (std::vector<std::string>{"bag", "shoe"}));
  EXPECT_EQ(read->labels, (std::vector<std::int32_t>{0, 0, 1}));
  EXPECT_EQ(read->images.as<std::uint8_t>()[0], 3);
}

TEST(ImageFolder, BringsPicturesToOneSizeWhereThatIsAsked) {
  const TemporaryFolder folder;
  write_png(folder.file("a.png"), 2, 2, 1, {1, 2, 3, 4});
  write_png(folder.file("b.png"), 4, 2, 1, {90, 10, 20, 90, 90, 30, 40, 90});
  const Result<ImageFolder> read = read_image_folder(folder.file(""), 1, {2, 2, 1});
  ASSERT_TRUE(read.ok()) << read.status().message();
  EXPECT_EQ(read->images.shape(), Shape({2, 1, 2, 2}));
  const auto pixels = read->images.as<std::uint8_t>();
  const std::array<std::uint8_t, 8> expected = {1, 2, 3, 4, 10, 20, 30, 40};
  EXPECT_TRUE(std::equal(pixels.begin(), pixels.end(), expected.begin(), expected.end())) << "the middle of b";
}

TEST(ImageFolder, SaysWhatIsWrong) {
  const TemporaryFolder folder;
  EXPECT_EQ(read_image_folder(folder.file("none"), 1).status().code(), StatusCode::not_found);
  EXPECT_EQ(read_image_folder(folder.file(""), 1).status().code(), StatusCode::not_found);
  EXPECT_EQ(read_image_folder(folder.file(""), 4).status().code(), StatusCode::invalid_argument);
  write_png(folder.file("a.png"), 1, 1, 1, {1});
  write_png(folder.file("b.png"), 2, 1, 1, {1, 2});
  const Status sizes = read_image_folder(folder.file(""), 1).status();
  EXPECT_EQ(sizes.code(), StatusCode::invalid_argument);
  EXPECT_NE(sizes.message().find("2x1"), std::string::npos) << sizes.message();
  std::ofstream(folder.file("b.png")) << "not a picture";
  EXPECT_EQ(read_image_folder(folder.file(""), 1).status().code(), StatusCode::bad_format);
  std::filesystem::create_directory(folder.file("class"));
  write_png(folder.file("class/a.png"), 1, 1, 1, {1});
  EXPECT_EQ(read_image_folder(folder.file(""), 1).status().code(), StatusCode::invalid_argument);
}

}  // namespace
}  // namespace rheo

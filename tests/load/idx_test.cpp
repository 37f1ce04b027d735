// SPDX-License-Identifier: Apache-2.0
#include "load/idx.h"

#include <gtest/gtest.h>

namespace rheo {
namespace {

using Bytes = std::vector<std::byte>;

Bytes idx(unsigned type, std::initializer_list<std::uint32_t> dims, std::size_t body) {
  Bytes bytes = {std::byte{0}, std::byte{0}, static_cast<std::byte>(type), static_cast<std::byte>(dims.size())};
  for (const std::uint32_t dimension : dims) {
    for (const int shift : {24, 16, 8, 0}) bytes.push_back(static_cast<std::byte>(dimension >> shift & 0xff));
  }
  for (std::size_t i = 0; i < body; ++i) bytes.push_back(static_cast<std::byte>(i));
  return bytes;
}

TEST(Idx, ReadsImagesAndLabels) {
  const Result<Tensor> images = read_idx(idx(8, {2, 3, 4}, 24));
  ASSERT_TRUE(images.ok()) << images.status().message();
  EXPECT_EQ(images->shape(), Shape({2, 3, 4}));
  EXPECT_EQ(images->as<std::uint8_t>()[23], 23);
  EXPECT_EQ(read_idx(idx(8, {5}, 5))->shape(), Shape({5}));
  EXPECT_TRUE(read_idx(idx(8, {0, 28, 28}, 0)).ok());
}

TEST(Idx, RefusesCountsThatLie) {
  EXPECT_EQ(read_idx(idx(8, {2, 3, 4}, 23)).status().code(), StatusCode::bad_format);
  EXPECT_EQ(read_idx(idx(8, {2, 3, 4}, 25)).status().code(), StatusCode::bad_format);
  EXPECT_EQ(read_idx(idx(8, {0xffffffff, 0xffffffff, 0xffffffff}, 1)).status().code(), StatusCode::bad_format);
  EXPECT_EQ(read_idx(idx(8, {65536, 65536, 65536, 65536}, 0)).status().code(), StatusCode::bad_format);
  EXPECT_EQ(read_idx(idx(8, {1, 1, 1, 1, 1, 1, 1, 1, 1}, 1)).status().code(), StatusCode::bad_format);
}

TEST(Idx, RefusesOtherTypesAndFiles) {
  EXPECT_EQ(read_idx(idx(13, {1}, 4)).status().code(), StatusCode::unsupported);
  EXPECT_EQ(read_idx(idx(8, {}, 1)).status().code(), StatusCode::bad_format);
  const Bytes packed = {std::byte{0x1f}, std::byte{0x8b}, std::byte{8}, std::byte{0}};
  const auto status = read_idx(packed).status();
  EXPECT_EQ(status.code(), StatusCode::unsupported);
  EXPECT_NE(status.message().find("gunzip"), std::string::npos);
  EXPECT_EQ(read_idx(std::string("/no/such/file")).status().code(), StatusCode::not_found);
}

TEST(Idx, IsAnErrorWhenTruncatedAnywhere) {
  const Bytes whole = idx(8, {2, 2}, 4);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(read_idx(std::span(whole).first(size)).status().code(), StatusCode::bad_format) << size;
  }
}

TEST(Idx, RecognisesItsFiles) {
  EXPECT_TRUE(looks_like_idx(idx(8, {1}, 1)));
  EXPECT_TRUE(looks_like_idx(idx(13, {1}, 4)));
  EXPECT_FALSE(looks_like_idx(idx(8, {}, 4)));
  EXPECT_FALSE(looks_like_idx({}));
}

}  // namespace
}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
#include "load/safetensors.h"

#include <gtest/gtest.h>

#include <cstring>

#include "load/file.h"
#include "support/temporary_folder.h"

namespace rheo {
namespace {

using Bytes = std::vector<std::byte>;

Bytes with_header(const std::string& header, std::size_t elements_bytes, std::byte fill = std::byte{0}) {
  Bytes bytes(8 + header.size() + elements_bytes, fill);
  const std::uint64_t length = header.size();
  std::memcpy(bytes.data(), &length, sizeof length);
  std::memcpy(bytes.data() + 8, header.data(), header.size());
  return bytes;
}

Result<Safetensors> read(const std::string& header, std::size_t elements_bytes, std::byte fill = std::byte{0}) {
  return read_safetensors(with_header(header, elements_bytes, fill), nullptr, {});
}

StatusCode code_for(const std::string& header, std::size_t elements_bytes) {
  return read(header, elements_bytes).status().code();
}

TEST(Safetensors, ReadsEveryTypeScalarsAndEmptyTensors) {
  const auto content = read(
      R"({"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"s":{"dtype":"I64","shape":[],"data_offsets":[8,16]},)"
      R"("e":{"dtype":"U8","shape":[0,3],"data_offsets":[16,16]},"b":{"dtype":"BOOL","shape":[1],"data_offsets":[16,17]},)"
      R"("h":{"dtype":"BF16","shape":[1],"data_offsets":[17,19]},"__metadata__":{"k":"v"}}  )",
      19);
  ASSERT_TRUE(content.ok()) << content.status().message();
  EXPECT_EQ(content->tensors.at("a").shape(), Shape({2, 1}));
  EXPECT_EQ(content->tensors.at("s").shape().rank(), 0U);
  EXPECT_EQ(content->tensors.at("e").size_bytes(), 0U);
  EXPECT_FALSE(content->tensors.at("e").empty());
  EXPECT_EQ(content->tensors.at("h").dtype(), DType::bf16);
  EXPECT_EQ(content->metadata.at("k"), "v");
}

TEST(Safetensors, RefusesDuplicateKeys) {
  EXPECT_EQ(code_for(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},)"
                     R"("a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}})",
                     2),
            StatusCode::bad_format);
  EXPECT_EQ(code_for(R"({"a":{"dtype":"U8","shape":[1],"shape":[1],"data_offsets":[0,1]}})", 1),
            StatusCode::bad_format);
}

TEST(Safetensors, RefusesGapsOverlapsAndLooseEnds) {
  const auto two = [](const std::string& a, const std::string& b) {
    return R"({"a":{"dtype":"U8","shape":[2],"data_offsets":)" + a +
           R"(},"b":{"dtype":"U8","shape":[2],"data_offsets":)" + b + "}}";
  };
  EXPECT_TRUE(read(two("[0,2]", "[2,4]"), 4).ok());
  EXPECT_TRUE(read(two("[2,4]", "[0,2]"), 4).ok());
  EXPECT_EQ(code_for(two("[0,2]", "[0,2]"), 2), StatusCode::bad_format);
  EXPECT_EQ(code_for(two("[0,2]", "[1,3]"), 3), StatusCode::bad_format);
  EXPECT_EQ(code_for(two("[0,2]", "[3,5]"), 5), StatusCode::bad_format);
  EXPECT_EQ(code_for(two("[1,3]", "[3,5]"), 5), StatusCode::bad_format);
  EXPECT_EQ(code_for(two("[0,2]", "[2,4]"), 5), StatusCode::bad_format);
  EXPECT_EQ(code_for(two("[0,2]", "[2,4]"), 3), StatusCode::bad_format);
  EXPECT_EQ(code_for(two("[0,2]", "[4,2]"), 4), StatusCode::bad_format);
}

TEST(Safetensors, RefusesShapesThatLie) {
  const auto one = [](const std::string& shape, const std::string& end) {
    return R"({"a":{"dtype":"F32","shape":)" + shape + R"(,"data_offsets":[0,)" + end + "]}}";
  };
  EXPECT_TRUE(read(one("[2]", "8"), 8).ok());
  EXPECT_FALSE(read(one("[3]", "8"), 8).ok());
  EXPECT_FALSE(read(one("[-1]", "0"), 0).ok());
  EXPECT_FALSE(read(one("[2147483648]", "0"), 0).ok());
  EXPECT_FALSE(read(one("[1,1,1,1,1,1,1,1,1]", "4"), 4).ok());
  EXPECT_FALSE(read(one("[1.0]", "4"), 4).ok());
  // 2^31 * 2^31 * 4 wraps to 0 in 64 bits, and so does the same with a zero before it.
  EXPECT_FALSE(read(one("[1073741824,1073741824,16]", "0"), 0).ok());
  EXPECT_FALSE(read(one("[0,2147483647,2147483647,2147483647]", "0"), 0).ok());
}

TEST(Safetensors, RefusesOffsetsOutsideTheFile) {
  for (const char* offsets : {"[0,9]", "[-8,0]", "[0,9223372036854775807]", "[0,18446744073709551615]", "[0]",
                              "[0,8,8]", "[0.0,8.0]", "\"08\""}) {
    EXPECT_FALSE(read(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":)" + std::string(offsets) + "}}", 8).ok())
        << offsets;
  }
}

TEST(Safetensors, RefusesBrokenHeaders) {
  for (const char* header : {"", "[]", " {}", "{", "{}x", R"({"a":1})", R"({"a":{}})", R"({"__metadata__":{"k":1}})",
                             R"({"__metadata__":[]})", R"({"":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}})",
                             R"({"a\u0000":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}})",
                             R"({"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0],"more":1}})"}) {
    EXPECT_EQ(code_for(header, 0), StatusCode::bad_format) << header;
  }
  EXPECT_EQ(code_for(R"({"a":{"dtype":"F64","shape":[0],"data_offsets":[0,0]}})", 0), StatusCode::unsupported);
  EXPECT_EQ(read_safetensors({}, nullptr, {}).status().code(), StatusCode::bad_format);
  EXPECT_EQ(read_safetensors(Bytes(8, std::byte{0xff}), nullptr, {}).status().code(), StatusCode::limit_exceeded);
  EXPECT_EQ(read_safetensors(Bytes(8, std::byte{0x01}), nullptr, {}).status().code(), StatusCode::limit_exceeded);
}

TEST(Safetensors, RefusesTruthValuesBeyondOne) {
  const std::string header = R"({"a":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}})";
  EXPECT_TRUE(read(header, 1, std::byte{1}).ok());
  EXPECT_EQ(read(header, 1, std::byte{2}).status().code(), StatusCode::bad_format);
}

TEST(Safetensors, RefusesDeepNesting) {
  const std::string deep = "{\"a\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}";
  EXPECT_EQ(code_for(deep, 0), StatusCode::limit_exceeded);
}

TEST(Safetensors, SharesAlignedTensorsOfAFileAndCopiesOthers) {
  Safetensors content;
  content.tensors.emplace("small", Tensor::of<float>({1, 2, 3}, {3}).value());
  content.tensors.emplace("zoom", Tensor::zeros(DType::f32, {16, 4}).value());
  const testing::TemporaryFolder folder;
  const Bytes bytes = safetensors_bytes(content).value();
  const std::array parts = {std::span(bytes)};
  ASSERT_TRUE(write_file_atomically(folder.file("t"), parts).ok());
  const FileBytes file = read_file(folder.file("t")).value();
  const Safetensors read = read_safetensors(file.bytes, file.owner, {}).value();
  const auto is_inside = [&](const Tensor& tensor) {
    const auto* at = static_cast<const std::byte*>(tensor.data());
    return at >= file.bytes.data() && at < file.bytes.data() + file.bytes.size();
  };
  EXPECT_TRUE(is_inside(read.tensors.at("zoom")));
  for (const auto& [name, tensor] : read.tensors) {
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(tensor.data()) % Tensor::kAlignment, 0U) << name;
  }
  EXPECT_EQ(read.tensors.at("small").as<float>()[2], 3);
}

}  // namespace
}  // namespace rheo

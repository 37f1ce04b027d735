// SPDX-License-Identifier: Apache-2.0
#include "load/npy.h"

#include <gtest/gtest.h>

#include <cstring>

#include "load/file.h"
#include "support/temporary_folder.h"

namespace rheo {
namespace {

using testing::TemporaryFolder;
using Bytes = std::vector<std::byte>;

Bytes npy(const std::string& header, const std::string& body, char major = 1) {
  std::string text = std::string("\x93NUMPY") + major + '\0';
  const std::size_t length_bytes = major == 1 ? 2 : 4;
  for (std::size_t i = 0; i < length_bytes; ++i) text += static_cast<char>(header.size() >> (8 * i) & 0xff);
  text += header + body;
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

std::string header(const std::string& descr, const std::string& shape) {
  return "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }\n";
}

TEST(Npy, ReadsBackEveryTypeItWrites) {
  const TemporaryFolder folder;
  for (const DType dtype : {DType::f32, DType::f16, DType::i8, DType::u8, DType::i32, DType::i64, DType::boolean}) {
    for (const Shape& shape : {Shape({}), Shape({3}), Shape({2, 3}), Shape({0, 4})}) {
      Tensor tensor = Tensor::zeros(dtype, shape).value();
      if (tensor.size_bytes() > 0) std::memset(tensor.mutable_data(), 1, tensor.size_bytes());
      ASSERT_TRUE(write_npy(folder.file("x.npy"), tensor).ok());
      const Result<Tensor> read = read_npy(folder.file("x.npy"));
      ASSERT_TRUE(read.ok()) << read.status().message();
      EXPECT_EQ(read->dtype(), dtype);
      EXPECT_EQ(read->shape(), shape);
      EXPECT_EQ(std::memcmp(read->data(), tensor.data(), tensor.size_bytes()), 0);
    }
  }
  EXPECT_EQ(write_npy(folder.file("x.npy"), Tensor::zeros(DType::bf16, {1}).value()).code(), StatusCode::unsupported);
}

TEST(Npy, WritesStridedViewsDense) {
  const TemporaryFolder folder;
  const std::array<float, 4> elements = {0, 1, 2, 3};
  const TensorView transposed(elements.data(), DType::f32, {2, 2}, {1, 2});
  ASSERT_TRUE(write_npy(folder.file("x.npy"), transposed).ok());
  EXPECT_EQ(read_npy(folder.file("x.npy"))->as<float>()[1], 2);
}

TEST(Npy, AlignsItsElements) {
  const TemporaryFolder folder;
  ASSERT_TRUE(write_npy(folder.file("x.npy"), Tensor::zeros(DType::u8, {5}).value()).ok());
  EXPECT_EQ((read_file(folder.file("x.npy"))->bytes.size() - 5) % 64, 0U);
}

TEST(Npy, ReadsHeadersOfOtherVersionsAndOrders) {
  EXPECT_TRUE(read_npy(npy(header("|u1", "(2,)"), "ab", 2)).ok());
  EXPECT_TRUE(read_npy(npy(header("<u1", "(2,)"), "ab", 3)).ok());
  EXPECT_TRUE(read_npy(npy("{\"shape\": (1, 2), \"fortran_order\": False, \"descr\": \"|u1\"}", "ab")).ok());
}

TEST(Npy, RefusesWhatItDoesNotRead) {
  EXPECT_EQ(read_npy(npy(header(">f4", "(1,)"), "abcd")).status().code(), StatusCode::unsupported);
  EXPECT_EQ(read_npy(npy(header("<f8", "(1,)"), "abcdabcd")).status().code(), StatusCode::unsupported);
  EXPECT_EQ(read_npy(npy(header("|u1", "(1,)"), "a", 4)).status().code(), StatusCode::unsupported);
  const std::string fortran = "{'descr': '|u1', 'fortran_order': True, 'shape': (1,), }";
  EXPECT_EQ(read_npy(npy(fortran, "a")).status().code(), StatusCode::unsupported);
}

TEST(Npy, RefusesShapesThatLie) {
  for (const char* shape : {"(2,)", "(0,)", "(-1,)", "(4294967296, 4294967296)", "(0, 4611686018427387904, 4)", "(1",
                            "1", "(1,,)", "(9223372036854775808,)", "(1,1,1,1,1,1,1,1,1)"}) {
    EXPECT_EQ(read_npy(npy(header("|u1", shape), "a")).status().code(), StatusCode::bad_format) << shape;
  }
}

TEST(Npy, RefusesBrokenHeaders) {
  for (const char* text :
       {"", "{}", "{'descr': '|u1'}", "{'descr': '|u1', 'fortran_order': False, 'shape': (1,), 'x': 1}",
        "{'descr': '|u1', 'descr': '|u1', 'fortran_order': False, 'shape': (1,)}",
        "{'descr': [('a', '|u1')], 'fortran_order': False, 'shape': (1,)}"}) {
    EXPECT_EQ(read_npy(npy(text, "a")).status().code(), StatusCode::bad_format) << text;
  }
  EXPECT_EQ(read_npy(npy(header("|b1", "(1,)"), "a")).status().code(), StatusCode::bad_format);
}

TEST(Npy, IsAnErrorWhenTruncatedAnywhere) {
  const Bytes whole = npy(header("|u1", "(3,)"), "abc");
  ASSERT_TRUE(read_npy(whole).ok());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(read_npy(std::span(whole).first(size)).status().code(), StatusCode::bad_format) << size;
  }
}

}  // namespace
}  // namespace rheo

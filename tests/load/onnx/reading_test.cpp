// SPDX-License-Identifier: Apache-2.0
#include "load/onnx/reading.h"

#include <gtest/gtest.h>

#include "support/onnx_writer.h"

namespace rheo::onnx {
namespace {

using testing::as_file;
using testing::WireWriter;

// The code with which `text` is refused as a name, or ok.
StatusCode code_for(std::string_view text, bool required = false) {
  const LoadLimits limits;
  Reading reading(100, nullptr, limits, nullptr);
  const std::string bytes = WireWriter().text(1, text).bytes();
  WireMessage message(as_file(bytes));
  message.next();
  std::string name = "before";
  const Status status =
      required ? reading.required_name(message, "A name", name) : reading.name(message, "A name", name);
  EXPECT_TRUE(!status.ok() || name == text) << name;
  return status.code();
}

TEST(Reading, TakesNamesOfUtf8Only) {
  EXPECT_EQ(code_for("layer1/conv.weight"), StatusCode::ok);
  EXPECT_EQ(code_for("größe"), StatusCode::ok);
  EXPECT_EQ(code_for(""), StatusCode::ok);
  EXPECT_EQ(code_for("", true), StatusCode::bad_format);
  EXPECT_EQ(code_for(std::string("a\0b", 3)), StatusCode::bad_format);
  EXPECT_EQ(code_for("a\nb"), StatusCode::bad_format);
  EXPECT_EQ(code_for("\xff"), StatusCode::bad_format);
  EXPECT_EQ(code_for("\xc0\x80"), StatusCode::bad_format);      // zero, overlong
  EXPECT_EQ(code_for("\xed\xa0\x80"), StatusCode::bad_format);  // half of a pair
  EXPECT_EQ(code_for(std::string(1024, 'a')), StatusCode::ok);
  EXPECT_EQ(code_for(std::string(1025, 'a')), StatusCode::limit_exceeded);
}

TEST(Reading, SaysWhereABadNameStands) {
  const LoadLimits limits;
  Reading reading(100, nullptr, limits, nullptr);
  const std::string bytes = WireWriter().integer(2, 1).text(1, "\x01").bytes();
  WireMessage message(as_file(bytes));
  message.next();
  message.next();
  std::string name;
  EXPECT_NE(reading.name(message, "The name of a node", name).message().find("byte 2"), std::string::npos);
}

TEST(Reading, BooksFourTimesTheFileAndAFixedPart) {
  const LoadLimits limits;
  Reading reading(1000, nullptr, limits, nullptr);
  EXPECT_TRUE(reading.book(4, 1000).ok());
  EXPECT_TRUE(reading.book(1, 64 << 20).ok());
  EXPECT_EQ(reading.book(1, 1).code(), StatusCode::limit_exceeded);
  EXPECT_TRUE(reading.book(0, 1).ok());
  EXPECT_EQ(reading.book(std::size_t{1} << 62, 8).code(), StatusCode::limit_exceeded);
  Reading huge(~std::size_t{0}, nullptr, limits, nullptr);
  EXPECT_TRUE(huge.book(1, 1).ok());
}

TEST(Reading, CountsOverTheWholeFile) {
  LoadLimits limits;
  limits.nodes = 3;
  limits.tensors = 2;
  limits.values = 1;
  Reading reading(1000, nullptr, limits, nullptr);
  EXPECT_TRUE(reading.count_nodes(2).ok());
  EXPECT_TRUE(reading.count_nodes(1).ok());
  EXPECT_EQ(reading.count_nodes(1).code(), StatusCode::limit_exceeded);
  EXPECT_EQ(reading.count_nodes(~std::size_t{0}).code(), StatusCode::limit_exceeded);
  EXPECT_TRUE(reading.count_tensors(2).ok());
  EXPECT_EQ(reading.count_tensors(1).code(), StatusCode::limit_exceeded);
  EXPECT_TRUE(reading.count_values(1).ok());
  EXPECT_EQ(reading.count_values(1).code(), StatusCode::limit_exceeded);
}

TEST(Reading, MakesRoomForWhatTheMessageHolds) {
  const LoadLimits limits;
  Reading reading(1000, nullptr, limits, nullptr);
  const std::string bytes = WireWriter().text(1, "a").text(2, "b").text(1, "c").bytes();
  std::vector<std::string> list;
  EXPECT_TRUE(reading.reserve(WireMessage(as_file(bytes)), 1, list).ok());
  EXPECT_EQ(list.capacity(), 2U);
}

}  // namespace
}  // namespace rheo::onnx

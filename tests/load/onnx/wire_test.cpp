// SPDX-License-Identifier: Apache-2.0
#include "load/onnx/wire.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/onnx_writer.h"

namespace rheo::onnx {
namespace {

using testing::as_file;
using testing::WireWriter;

// Walks over all fields; the fault, or ok.
Status walk(const std::string& bytes) {
  WireMessage message(as_file(bytes));
  while (message.next()) {
  }
  return message.finish();
}

std::string repeated(char byte, std::size_t count) { return std::string(count, byte); }

TEST(Wire, ReadsFieldsOfEveryType) {
  const WireWriter inner = WireWriter().integer(1, -1);
  const std::string bytes =
      WireWriter().integer(1, 300).real(2, 0.5F).wide_real(3, 2).text(4, "ab").message(5, inner).bytes();
  WireMessage message(as_file(bytes));
  ASSERT_TRUE(message.next());
  EXPECT_EQ(message.number(), 1U);
  EXPECT_EQ(message.integer(), 300);
  ASSERT_TRUE(message.next());
  EXPECT_EQ(message.real(), 0.5F);
  EXPECT_EQ(message.offset(), 3U);
  ASSERT_TRUE(message.next());
  ASSERT_TRUE(message.next());
  EXPECT_EQ(message.text(), "ab");
  ASSERT_TRUE(message.next());
  WireMessage within = message.message();
  EXPECT_EQ(within.offset(), bytes.size() - inner.bytes().size());
  ASSERT_TRUE(within.next());
  EXPECT_EQ(within.integer(), -1);
  EXPECT_FALSE(within.next());
  EXPECT_TRUE(within.finish().ok());
  EXPECT_FALSE(message.next());
  EXPECT_TRUE(message.finish().ok());
}

TEST(Wire, ReadsAnEmptyMessage) {
  EXPECT_TRUE(walk("").ok());
  WireMessage message{std::span<const std::byte>()};
  EXPECT_FALSE(message.next());
  EXPECT_EQ(message.count_fields(1), 0U);
}

TEST(Wire, RefusesNumbersOfMoreThan64Bits) {
  const std::string tag(1, '\x08');
  EXPECT_TRUE(walk(tag + repeated('\xff', 9) + '\x01').ok());
  EXPECT_EQ(walk(tag + repeated('\xff', 9) + '\x02').code(), StatusCode::bad_format);
  EXPECT_EQ(walk(tag + repeated('\xff', 10) + '\x01').code(), StatusCode::bad_format);
  EXPECT_EQ(walk(tag + repeated('\xff', 5)).code(), StatusCode::bad_format);
  EXPECT_EQ(walk(tag).code(), StatusCode::bad_format);
  EXPECT_EQ(walk(std::string("\x0d\x01\x02\x03", 4)).code(),
            StatusCode::bad_format);  // four bytes of which three exist
  EXPECT_EQ(walk(std::string("\x09\x01\x02\x03", 4)).code(), StatusCode::bad_format);
}

TEST(Wire, RefusesLengthsBeyondTheMessage) {
  EXPECT_TRUE(walk(WireWriter().tag(1, 2).varint(2).raw("ab").bytes()).ok());
  for (const std::uint64_t length :
       {std::uint64_t{3}, std::uint64_t{1} << 31, std::uint64_t{1} << 32, std::uint64_t{1} << 61,
        std::uint64_t{1} << 63, ~std::uint64_t{0}, ~std::uint64_t{3}}) {
    const Status status = walk(WireWriter().tag(1, 2).varint(length).raw("ab").bytes());
    EXPECT_EQ(status.code(), StatusCode::bad_format) << length;
    EXPECT_NE(status.message().find("Byte 0"), std::string::npos) << status.message();
  }
  // A field of an inner message may not reach into the outer one.
  const std::string bytes = WireWriter().message(1, WireWriter().tag(1, 2).varint(1)).integer(2, 7).bytes();
  WireMessage message(as_file(bytes));
  ASSERT_TRUE(message.next());
  WireMessage inner = message.message();
  EXPECT_FALSE(inner.next());
  EXPECT_NE(inner.finish().message().find("Byte 2"), std::string::npos) << inner.finish().message();
}

TEST(Wire, RefusesGroupsUnknownWireTypesAndFieldZero) {
  for (const unsigned type : {3U, 4U, 6U, 7U}) {
    EXPECT_EQ(walk(WireWriter().tag(1, type).bytes()).code(), StatusCode::bad_format) << type;
  }
  EXPECT_EQ(walk(WireWriter().tag(0, 0).varint(1).bytes()).code(), StatusCode::bad_format);
  EXPECT_EQ(walk(WireWriter().varint(std::uint64_t{1} << 32).varint(1).bytes()).code(), StatusCode::bad_format);
}

TEST(Wire, RefusesAValueOfAnotherWireType) {
  const std::string bytes = WireWriter().text(1, "abc").integer(2, 5).bytes();
  WireMessage message(as_file(bytes));
  ASSERT_TRUE(message.next());
  EXPECT_EQ(message.integer(), 0);
  EXPECT_FALSE(message.next());
  EXPECT_EQ(message.finish().code(), StatusCode::bad_format);
}

TEST(Wire, KeepsTheFirstFault) {
  WireMessage message{std::span<const std::byte>()};
  message.note(Status());
  EXPECT_TRUE(message.finish().ok());
  message.note(Status(StatusCode::bad_format, "One."));
  message.note(Status(StatusCode::unsupported, "Two."));
  EXPECT_EQ(message.finish().message(), "One.");
}

TEST(Wire, RefusesDeepNesting) {
  std::string bytes;
  for (int depth = 0; depth < 100; ++depth) bytes = WireWriter().text(1, bytes).bytes();
  WireMessage message(as_file(bytes));
  std::size_t depth = 1;
  while (message.next()) {
    WireMessage inner = message.message();
    if (!message.finish().ok()) break;
    message = inner;
    ++depth;
  }
  EXPECT_EQ(depth, WireMessage::kMaxDepth);
  EXPECT_EQ(message.finish().code(), StatusCode::limit_exceeded);
}

TEST(Wire, ReadsRepeatedNumbersPackedOrNot) {
  const std::string bytes =
      WireWriter().packed(1, {1, -1, 300}).integer(1, 4).packed(1, {}).packed_reals(2, {1, 2}).real(2, 3).bytes();
  WireMessage message(as_file(bytes));
  EXPECT_EQ(message.count_fields(1), 3U);
  std::vector<std::int64_t> numbers;
  std::size_t counted = 0;
  std::size_t reals = 0;
  while (message.next()) {
    if (message.number() == 1) {
      counted += message.count_numbers(WireType::varint);
      message.each_number(WireType::varint,
                          [&](std::uint64_t bits) { numbers.push_back(static_cast<std::int64_t>(bits)); });
    } else {
      reals += message.count_numbers(WireType::fixed32);
    }
  }
  EXPECT_TRUE(message.finish().ok());
  EXPECT_EQ(numbers, (std::vector<std::int64_t>{1, -1, 300, 4}));
  EXPECT_EQ(counted, 4U);
  EXPECT_EQ(reals, 3U);
}

TEST(Wire, RefusesBrokenPackedNumbers) {
  for (const std::string& packed : {std::string("\x01\x80"), repeated('\xff', 11), repeated('\x80', 10) + '\x02'}) {
    const std::string bytes = WireWriter().text(1, packed).bytes();
    WireMessage message(as_file(bytes));
    ASSERT_TRUE(message.next());
    message.each_number(WireType::varint, [](std::uint64_t) {});
    EXPECT_EQ(message.finish().code(), StatusCode::bad_format);
  }
  const std::string bytes = WireWriter().text(1, "abcde").bytes();
  WireMessage message(as_file(bytes));
  ASSERT_TRUE(message.next());
  EXPECT_EQ(message.count_numbers(WireType::fixed32), 0U);
  EXPECT_EQ(message.finish().code(), StatusCode::bad_format);
}

TEST(Wire, NeverLeavesTheBytesItWasGiven) {
  const std::string bytes = testing::onnx_sample();
  std::size_t broken = 0;
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    const std::string exact = bytes.substr(0, size);
    broken += walk(exact).ok() ? 0U : 1U;
  }
  EXPECT_GT(broken, bytes.size() / 2);
}

}  // namespace
}  // namespace rheo::onnx

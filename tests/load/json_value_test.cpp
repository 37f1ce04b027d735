// SPDX-License-Identifier: Apache-2.0
#include "load/json_value.h"

#include <gtest/gtest.h>

namespace rheo {
namespace {

TEST(JsonValue, KeepsKindsApart) {
  const JsonValue root = parse_json(R"({"i":-3,"r":1.0,"t":"x","b":true,"n":null,"a":[1,[2]]})").value();
  const auto& members = *root.as<JsonValue::Object>();
  ASSERT_EQ(members.size(), 6U);
  EXPECT_EQ(members[0].first, "a");  // sorted
  EXPECT_EQ((*members[0].second.as<JsonValue::Array>())[1].as<JsonValue::Array>()->size(), 1U);
  EXPECT_TRUE(*members[1].second.as<bool>());
  EXPECT_EQ(*members[2].second.as<std::int64_t>(), -3);
  EXPECT_TRUE(members[3].second.is_null());
  EXPECT_EQ(*members[4].second.as<double>(), 1.0);
  EXPECT_EQ(members[4].second.as<std::int64_t>(), nullptr);
  EXPECT_EQ(members[5].second.kind(), "a text");
}

TEST(JsonValue, RefusesWhatIsNotStrictJson) {
  for (const char* text : {"", "{", "[1,]", "{'a':1}", "NaN", "1e999", "18446744073709551615", "{\"a\":1}{", "\"\xff\"",
                           "// x\n1", "{\"a\":1,\"a\":2}", "{\"a\":{\"b\":1,\"b\":1}}", "01", "+1"}) {
    EXPECT_EQ(parse_json(text).status().code(), StatusCode::bad_format) << text;
  }
}

TEST(JsonValue, LooksBehindAZeroByte) {
  EXPECT_EQ(parse_json(std::string_view("{}\0 ", 4)).status().code(), StatusCode::bad_format);
}

TEST(JsonValue, HonoursDepthAndCount) {
  LoadLimits limits;
  limits.json_depth = 3;
  EXPECT_TRUE(parse_json("[[[]]]", limits).ok());
  EXPECT_EQ(parse_json("[[[[]]]]", limits).status().code(), StatusCode::limit_exceeded);
  limits.json_values = 4;
  EXPECT_TRUE(parse_json("[1,2,3]", limits).ok());
  EXPECT_EQ(parse_json("[1,2,3,4]", limits).status().code(), StatusCode::limit_exceeded);
}

TEST(RequireName, TakesUtf8WithoutControlCharacters) {
  for (const char* good : {"a", "layer1.0/conv",
                           "Stra\xc3\x9f"
                           "e",
                           "\xe2\x82\xac", "\xf0\x9f\x98\x80", " "}) {
    EXPECT_TRUE(require_name(good, 64, "name").ok()) << good;
  }
  for (const char* bad :
       {"", "a\nb", "\x7f", "\x80", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\xff"}) {
    EXPECT_EQ(require_name(bad, 64, "name").code(), StatusCode::bad_format);
  }
  EXPECT_EQ(require_name(std::string_view("a\0b", 3), 64, "name").code(), StatusCode::bad_format);
  EXPECT_EQ(require_name("aaaaa", 4, "name").code(), StatusCode::limit_exceeded);
}

TEST(RequireText, TakesAnyUtf8WithoutZeroBytes) {
  for (const char* good : {"", "a\nb\t", "\x7f", "\xe2\x82\xac"})
    EXPECT_TRUE(require_text(good, 64, "text").ok()) << good;
  for (const char* bad : {"\x80", "\xc0\x80", "\xed\xa0\x80", "\xff"}) {
    EXPECT_EQ(require_text(bad, 64, "text").code(), StatusCode::bad_format);
  }
  EXPECT_EQ(require_text(std::string_view("\0", 1), 64, "text").code(), StatusCode::bad_format);
  EXPECT_EQ(require_text("aaaaa", 4, "text").code(), StatusCode::limit_exceeded);
}

}  // namespace
}  // namespace rheo

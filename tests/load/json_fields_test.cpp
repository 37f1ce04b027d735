// SPDX-License-Identifier: Apache-2.0
#include "load/json_fields.h"

#include <gtest/gtest.h>

namespace rheo {
namespace {

// What reading {"n": <text>} as an integer in [0, 9], a real in [0, 1] and a name gives.
Status read_integer(const std::string& text, int& out) {
  const JsonValue root = parse_json("{\"n\":" + text + "}").value();
  JsonFields fields(root, "here");
  fields.integer("n", out, 0, 9);
  return fields.finish();
}

TEST(JsonFields, ChecksKindAndRange) {
  int number = -1;
  EXPECT_TRUE(read_integer("9", number).ok());
  EXPECT_EQ(number, 9);
  for (const char* bad : {"10", "-1", "1.0", "\"1\"", "null", "[]"})
    EXPECT_FALSE(read_integer(bad, number).ok()) << bad;
  EXPECT_EQ(number, 9) << "a misfit must not write";
  EXPECT_EQ(read_integer("10", number).message(), "here.n is 10; it must be in [0, 9].");
}

TEST(JsonFields, RefusesMissingAndUnknownFields) {
  const JsonValue root = parse_json(R"({"a":1,"b":2})").value();
  JsonFields one(root, "here");
  int number = 0;
  one.integer("a", number, 0, 9);
  EXPECT_EQ(one.finish().message(), "here has the unknown field 'b'.");
  JsonFields two(root, "here");
  two.integer("c", number, 0, 9);
  EXPECT_EQ(two.finish().message(), "here lacks the field 'c'.");
  JsonFields three(JsonValue(true), "here");
  EXPECT_EQ(three.finish().code(), StatusCode::bad_format);
}

TEST(JsonFields, KeepsTheFirstMisfit) {
  const JsonValue root = parse_json(R"({"a":1,"b":[1,2,"x"],"r":0.5})").value();
  JsonFields fields(root, "here");
  std::vector<std::int64_t> list;
  fields.integers("b", list, 8);
  double share = 0;
  fields.real("r", share, 0, 1);
  EXPECT_EQ(fields.finish().message(), "here.b[2] is a text, not a whole number.");
  EXPECT_EQ(share, 0) << "nothing is read after an error";
}

TEST(JsonFields, ListsOfRealsTakeWholeNumbersToo) {
  const JsonValue root = parse_json(R"([1,2.5,"x"])").value();
  EXPECT_EQ(reals_from(root, 8, "here").status().message(), "here[2] is a text, not a number.");
  EXPECT_EQ(reals_from(root, 2, "here").status().code(), StatusCode::limit_exceeded);
  EXPECT_EQ(reals_from(parse_json("[1,2.5]").value(), 8, "here").value(), (std::vector<double>{1, 2.5}));
  EXPECT_FALSE(reals_from(parse_json("1.5").value(), 8, "here").ok());
}

TEST(JsonFields, ReadsRealsTextsAndArrays) {
  const JsonValue root = parse_json(R"({"r":0.5,"w":1,"t":"x","a":[1,2]})").value();
  JsonFields fields(root, "here");
  double share = 0;
  double whole = 0;
  std::string text;
  std::size_t seen = 0;
  fields.real("r", share, 0, 1);
  fields.real("w", whole, 0, 1);
  fields.text("t", text, 1);
  fields.array("a", 2, [&](const JsonValue&, const std::string& where) {
    EXPECT_EQ(where, "here.a[" + std::to_string(seen++) + "]");
    return Status();
  });
  EXPECT_TRUE(fields.finish().ok());
  EXPECT_EQ(share + whole, 1.5);
  EXPECT_EQ(seen, 2U);
  JsonFields strict(root, "here");
  strict.text("t", text, 0);
  EXPECT_EQ(strict.finish().code(), StatusCode::limit_exceeded);
}

}  // namespace
}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <rheo/status.h>

namespace rheo {
namespace {

TEST(Status, IsOkByDefaultAndKeepsItsMessage) {
  EXPECT_TRUE(Status().ok());
  const Status status(StatusCode::not_found, "No such path.");
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(status.to_string(), "not_found: No such path.");
  EXPECT_EQ(status.with_context("model.rheo").message(), "model.rheo: No such path.");
  EXPECT_TRUE(Status().with_context("anything").ok());
}

// A name in a file could otherwise clear the terminal of whoever reads why the file was refused.
TEST(Status, WritesOutControlCharactersOfTheMessage) {
  const Status status(StatusCode::bad_format,
                      "Unknown field '\x1b[2J\x7f\n' in Stra\xc3\x9f"
                      "e.");
  EXPECT_EQ(status.message(),
            "Unknown field '\\x1b[2J\\x7f\\x0a' in Stra\xc3\x9f"
            "e.");
}

TEST(Result, HoldsAValueOrAStatusNeverBoth) {
  const Result<int> good = 3;
  ASSERT_TRUE(good.ok());
  EXPECT_EQ(*good, 3);
  const Result<int> bad = Status(StatusCode::io_error, "Gone.");
  EXPECT_FALSE(bad.ok());
  EXPECT_EQ(bad.status().code(), StatusCode::io_error);
  const Result<int> lie = Status();
  EXPECT_EQ(lie.status().code(), StatusCode::internal);
}

TEST(Result, ValueThrowsErrorWithTheStatus) {
  const Result<int> bad = Status(StatusCode::io_error, "Gone.");
  try {
    (void)bad.value();
    FAIL() << "value() of a failed Result must throw";
  } catch (const Error& error) {
    EXPECT_EQ(error.status().code(), StatusCode::io_error);
    EXPECT_STREQ(error.what(), "io_error: Gone.");
  }
}

}  // namespace
}  // namespace rheo

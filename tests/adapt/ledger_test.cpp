// SPDX-License-Identifier: Apache-2.0
#include "adapt/ledger.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace rheo {
namespace {

class LedgerTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(testing::TempDir()) / ("rheo_ledger_" + std::string(test->name()));
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    file_ = (folder_ / "ledger.json").string();
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  void write(const std::string& text) { std::ofstream(file_) << text; }

  std::filesystem::path folder_;
  std::string file_;
};

TEST_F(LedgerTest, CountsEachSplitOnItsOwn) {
  EXPECT_EQ(reads_so_far(file_, "abc").value(), 0);
  EXPECT_FALSE(std::filesystem::exists(file_));
  EXPECT_EQ(count_read(file_, "abc").value(), 1);
  EXPECT_EQ(count_read(file_, "abc").value(), 2);
  EXPECT_EQ(count_read(file_, "def").value(), 1);
  EXPECT_EQ(count_read(file_, "abc").value(), 3);
  EXPECT_EQ(reads_so_far(file_, "abc").value(), 3);
  EXPECT_FALSE(std::filesystem::exists(file_ + ".partial"));
}

TEST_F(LedgerTest, ABrokenLedgerIsNeverAFreshOne) {
  for (const char* text : {"", "{", "[]", "{}", R"({"format":"rheo-ledger","version":2,"reads":{}})",
                           R"({"format":"rheo-ledger","version":1,"reads":{"abc":"two"}})",
                           R"({"format":"rheo-ledger","version":1,"reads":{"abc":-1}})",
                           R"({"format":"rheo-ledger","version":1,"reads":{"abc":1e30}})",
                           R"({"format":"rheo-ledger","version":1,"reads":[1]})"}) {
    write(text);
    const auto read = count_read(file_, "abc");
    EXPECT_EQ(read.status().code(), StatusCode::bad_format) << text;
    EXPECT_NE(read.status().message().find(file_), std::string::npos);
    EXPECT_FALSE(reads_so_far(file_, "abc").ok());
  }
}

TEST_F(LedgerTest, ReadsRunOut) {
  write(R"({"format":"rheo-ledger","version":1,"reads":{"abc":1000}})");
  EXPECT_EQ(count_read(file_, "abc").status().code(), StatusCode::limit_exceeded);
}

TEST_F(LedgerTest, AFolderThatCannotBeWrittenIsAnError) {
  const auto read = count_read((folder_ / "missing" / "ledger.json").string(), "abc");
  EXPECT_EQ(read.status().code(), StatusCode::io_error);
  EXPECT_EQ(reads_so_far(folder_.string(), "abc").status().code(), StatusCode::io_error);
}

}  // namespace
}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// The file that collects records.
#include <rheo/observe.h>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <thread>

#include "observe/sample_record.h"
#include "support/temporary_folder.h"

namespace rheo {
namespace {

using testing::sample_record;
using testing::TemporaryFolder;

std::vector<std::string> lines_of(const std::string& file) {
  std::ifstream stream(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST(RecordWriter, AppendsOneLinePerRecordAndNeverReplacesAFile) {
  const TemporaryFolder folder;
  const std::string file = folder.file("trace.jsonl");
  ASSERT_TRUE(RecordWriter::open(file).value().write(sample_record()).ok());
  const RecordWriter again = RecordWriter::open(file).value();
  again.listener()(sample_record());
  EXPECT_TRUE(again.status().ok());
  EXPECT_EQ(lines_of(file), std::vector<std::string>(2, to_json(sample_record())));
}

TEST(RecordWriter, LinesOfManyThreadsDoNotMix) {
  const TemporaryFolder folder;
  const std::string file = folder.file("trace.jsonl");
  {
    const RecordWriter first = RecordWriter::open(file).value();
    const RecordWriter second = RecordWriter::open(file).value();  // as another process would
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([listener = (t % 2 == 0 ? first : second).listener()] {
        for (int i = 0; i < 100; ++i) listener(sample_record());
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  EXPECT_EQ(lines_of(file), std::vector<std::string>(400, to_json(sample_record())));
}

TEST(RecordWriter, SaysWhyAFileCannotBeOpened) {
  const TemporaryFolder folder;
  EXPECT_EQ(RecordWriter::open(folder.file("missing/trace.jsonl")).status().code(), StatusCode::not_found);
  EXPECT_EQ(RecordWriter::open(folder.file("")).status().code(), StatusCode::io_error);  // a folder
  const std::string pipe = folder.file("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(RecordWriter::open(pipe).status().code(), StatusCode::invalid_argument);
}

TEST(RecordWriter, RefusesAFileWhoseLastLineWasNeverFinished) {
  const TemporaryFolder folder;
  const std::string file = folder.file("trace.jsonl");
  std::ofstream(file) << "{\"record\":1,\"mod";
  const Status status = RecordWriter::open(file).status();
  EXPECT_EQ(status.code(), StatusCode::bad_format);
  EXPECT_NE(status.message().find("delete that line"), std::string::npos) << status.message();
}

// A limit on the size of files stands for a disk that is full.
TEST(RecordWriter, KeepsTheFirstFailureAndWritesNothingAfterIt) {
  const TemporaryFolder folder;
  const std::string file = folder.file("trace.jsonl");
  const RecordWriter writer = RecordWriter::open(file).value();
  ASSERT_TRUE(writer.write(sample_record()).ok());
  const std::size_t line_bytes = to_json(sample_record()).size() + 1;
  rlimit old{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit tight{line_bytes + 10, old.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
  const Status failed = writer.write(sample_record());
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old), 0);
  std::signal(SIGXFSZ, old_handler);
  EXPECT_EQ(failed.code(), StatusCode::io_error);
  EXPECT_NE(failed.message().find(file), std::string::npos) << failed.message();
  EXPECT_EQ(writer.write(sample_record()).code(), StatusCode::io_error);
  EXPECT_EQ(writer.status().message(), failed.message());
  EXPECT_EQ(std::filesystem::file_size(file), line_bytes + 10);  // the torn line, and nothing after it
}

}  // namespace
}  // namespace rheo

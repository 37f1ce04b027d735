// SPDX-License-Identifier: Apache-2.0
// Ctrl-C ends a command in order: with a sentence, exit code 1 and no half-written line.
#include <chrono>
#include <filesystem>
#include <thread>

#include "cli/command_line.h"

namespace rheo {
namespace {

using InterruptCommand = testing::CommandLine;

TEST_F(InterruptCommand, CtrlCEndsARunningCommandInOrder) {
  const std::string trace = folder.file("trace.jsonl");
  const pid_t process = start({"bench", model, "--niter", "1000000000", "--record", trace});
  // The first record shows that the command is at work and listens.
  const auto late = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  std::error_code none_yet;
  while (std::filesystem::file_size(trace, none_yet) == 0 || none_yet) {
    ASSERT_LT(std::chrono::steady_clock::now(), late) << "nothing was recorded";
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  ASSERT_EQ(::kill(process, SIGINT), 0);
  expect_refused(wait(process), 1, "cancelled");
  EXPECT_TRUE(testing::text_of(trace).ends_with("}\n"));
}

}  // namespace
}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// The command line itself: what is no command, and what help says.
#include "cli/command_line.h"

namespace rheo {
namespace {

using MainCommand = testing::CommandLine;

TEST_F(MainCommand, WhatIsNoCommandIsRefusedInASentenceThatPointsToHelp) {
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {}, {"dance"}, {"--loud"}, {"run"}, {"run", model}, {"inspect", model, "--loud"}, {"inspect", model, "x"}}) {
    expect_refused(rheo(arguments), 2, "--help' for what it takes.");
  }
  expect_refused(rheo({"dance"}), 2, "there is no command 'dance'");
  expect_refused(rheo({"inspect", model, "--loud"}), 2, "'rheo inspect --help'");
}

TEST_F(MainCommand, HelpAndVersionAreNoErrors) {
  const Ended help = rheo({"--help"});
  EXPECT_EQ(help.code, 0);
  for (const char* word : {"inspect", "adapt", "run", "bench", "explain", "replay", "verify", "Exit code 0"}) {
    EXPECT_NE(help.out.find(word), std::string::npos) << word;
  }
  for (const char* command : {"inspect", "adapt", "run", "bench", "explain", "replay", "verify"}) {
    const Ended own = rheo({command, "--help"});
    EXPECT_EQ(own.code, 0) << command;
    EXPECT_NE(own.out.find("--json"), std::string::npos) << command;
  }
  EXPECT_EQ(rheo({"--version"}).out, std::string(version()) + "\n");
}

}  // namespace
}  // namespace rheo

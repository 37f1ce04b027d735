// SPDX-License-Identifier: Apache-2.0
// The options that every command with an engine shares.
#include "cli/command_line.h"

namespace rheo {
namespace {

using FlagsCommand = testing::CommandLine;

TEST_F(FlagsCommand, ReachTheEngine) {
  const Ended capped = rheo({"inspect", model, "--json", "--max-isa", "portable"});
  ASSERT_EQ(capped.code, 0) << capped.err;
  EXPECT_EQ(capped.json()["isa"], "portable");
  EXPECT_EQ(capped.json()["policy"], "fixed");
  EXPECT_NE(capped.err.find("Only the reference path runs"), std::string::npos) << capped.err;
  const Ended allowed = rheo({"inspect", model, "--json", "--allow-uncertified"});
  EXPECT_EQ(allowed.json()["policy"], "thresholds");
  EXPECT_TRUE(allowed.err.empty()) << allowed.err;
  EXPECT_EQ(rheo({"run", model, "--input", one, "--threads", "2"}).code, 0);
}

TEST_F(FlagsCommand, WrongValuesAreRefused) {
  expect_refused(rheo({"inspect", model, "--threads", "0"}), 2, "--threads");
  expect_refused(rheo({"inspect", model, "--threads", "many"}), 2, "--threads");
  expect_refused(rheo({"inspect", model, "--max-isa", "sse9"}), 1, "sse9");
}

}  // namespace
}  // namespace rheo

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

TEST_F(FlagsCommand, WeightsReachTheModel) {
  const std::string exports = RHEO_SOURCE_DIR "/tests/golden/exports/";
  const auto hash_of = [&](const std::vector<std::string>& flags) {
    std::vector<std::string> line = {"inspect", "--json"};
    line.insert(line.end(), flags.begin(), flags.end());
    const Ended ended = rheo(line);
    EXPECT_EQ(ended.code, 0) << ended.err;
    return ended.json()["model_hash"];
  };
  const std::string weights = exports + "weights_new.safetensors";
  EXPECT_EQ(hash_of({exports + "weights_old.onnx", "--weights", weights}), hash_of({exports + "weights_new.onnx"}));
  expect_refused(rheo({"inspect", model, "--weights", weights}), 1, "package");
}

TEST_F(FlagsCommand, WrongValuesAreRefused) {
  expect_refused(rheo({"inspect", model, "--threads", "0"}), 2, "--threads");
  expect_refused(rheo({"inspect", model, "--threads", "many"}), 2, "--threads");
  expect_refused(rheo({"inspect", model, "--max-isa", "sse9"}), 1, "sse9");
}

}  // namespace
}  // namespace rheo

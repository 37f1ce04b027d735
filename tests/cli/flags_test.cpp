// SPDX-License-Identifier: Apache-2.0
// The options that every command with an engine shares.
#include "cli/command_line.h"
#include "engine/sized_model.h"

namespace rheo {
namespace {

using FlagsCommand = testing::CommandLine;
using testing::SizedFile;

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
  expect_refused(rheo({"inspect", model, "--threads", "0"}), 2,
                 "--threads: must be a whole number of at least 1, not '0'.");
  expect_refused(rheo({"inspect", model, "--threads", "many"}), 2, "--threads: must be a whole number");
  expect_refused(rheo({"inspect", model, "--max-isa", "sse9"}), 1, "sse9");
}

TEST_F(FlagsCommand, ADimensionMayHaveSeveralSizesWhereAnEngineRuns) {
  const SizedFile file;
  const Ended inspected = rheo({"inspect", file.name(), "--dim", "sequence=8,16", "--mask", "mask"});
  ASSERT_EQ(inspected.code, 0) << inspected.err;
  EXPECT_NE(inspected.out.find("sizes sequence=8; sequence=16; others are padded"), std::string::npos) << inspected.out;
  const Ended exact = rheo({"inspect", file.name(), "--json", "--dim", "sequence=8,16"});
  EXPECT_EQ(exact.json()["sizes"]["padded"], false);
  EXPECT_EQ(exact.json()["inputs"][0]["shape"], "[?, ?]");
  const Ended one = rheo({"inspect", file.name(), "--json", "--dim", "sequence=8"});
  EXPECT_FALSE(one.json().contains("sizes"));
  const Ended timed = rheo({"bench", file.name(), "--dim", "sequence=8,16", "--shape", "ids=11", "--shape", "mask=11",
                            "--niter", "2", "-o", "csv"});
  EXPECT_EQ(timed.code, 0) << timed.err;
  expect_refused(rheo({"inspect", file.name(), "--dim", "sequence=8,x"}), 1, "sequence=8,x");
  expect_refused(rheo({"adapt", file.name(), "--dim", "sequence=8,16", "--data", one.err + "x.npy", "-o", "m.rheo"}), 1,
                 "several sizes");
  expect_refused(rheo({"inspect", model, "--dim", "sequence=8,16"}), 1, "package");
}

TEST_F(FlagsCommand, PicturesAreDescribedOnlyWhereTheyAreRead) {
  for (const char* command : {"run", "bench", "inspect", "explain", "replay", "verify", "adapt"}) {
    const bool reads_pictures = std::string(command) == "adapt";
    const std::string help = rheo({command, "--help"}).out;
    for (const char* flag : {"--mean", "--std", "--crop"}) {
      EXPECT_EQ(help.find(flag) != std::string::npos, reads_pictures) << command << " " << flag;
    }
  }
  expect_refused(rheo({"inspect", model, "--crop", "0.5"}), 2, "--crop");
}

TEST_F(FlagsCommand, AModelThatWasNeverAdaptedRunsWithoutAWordOnCertificates) {
  const SizedFile file;
  const Ended timed = rheo({"bench", file.name(), "--dim", "sequence=8", "--niter", "1"});
  EXPECT_EQ(timed.code, 0);
  EXPECT_TRUE(timed.err.empty()) << timed.err;
  const Ended inspected = rheo({"inspect", file.name(), "--dim", "sequence=8"});
  EXPECT_TRUE(inspected.err.empty()) << inspected.err;
  const std::size_t at = inspected.out.find("rheo adapt");
  EXPECT_NE(at, std::string::npos) << inspected.out;
  EXPECT_EQ(inspected.out.find("rheo adapt", at + 1), std::string::npos) << inspected.out;
}

}  // namespace
}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// Flags of other benchmarks, as ours.
#include "cli/known_flags.h"

#include "cli/command_line.h"

namespace rheo {
namespace {

using Words = std::vector<std::string>;

Words ours(const Words& words) {
  const Result<Words> result = cli::in_our_flags(words);
  EXPECT_TRUE(result.ok()) << result.status().message();
  return result.ok() ? *result : Words{};
}

std::string refusal(const Words& words) {
  const Result<Words> result = cli::in_our_flags(words);
  EXPECT_EQ(result.status().code(), StatusCode::invalid_argument);
  return std::string(result.status().message());
}

TEST(KnownFlags, AreOursWithTheSameValue) {
  EXPECT_EQ(ours({"bench", "-m", "m.onnx", "-niter", "5", "-nthreads=2", "-hint", "latency", "-pc"}),
            (Words{"bench", "-m", "m.onnx", "--niter", "5", "--threads=2", "--goal", "latency", "--profile"}));
  EXPECT_EQ(ours({"-x", "4", "-p", "trace.json", "-e", "cpu", "-r", "9", "-S", "1"}),
            (Words{"--threads", "4", "--profile-trace", "trace.json", "--device", "cpu", "-r", "9", "--seed", "1"}));
  EXPECT_EQ(ours({"--onnx=m.onnx", "--iterations=7", "--percentile=99", "--streams=2"}),
            (Words{"--model=m.onnx", "--niter=7", "--percentiles=99", "--concurrency=2"}));
}

TEST(KnownFlags, WhatIsOursOrNobodysStays) {
  const Words words = {"bench", "m.onnx", "--shape", "3x8x8", "-b", "1,2", "--loud", "-q", "a=b", ""};
  EXPECT_EQ(ours(words), words);
}

TEST(KnownFlags, ValuesAreWrittenOurWay) {
  EXPECT_EQ(ours({"-shape", "image[1,3,224,224],mask[-1,8]"}),
            (Words{"--input-shape", "image=1,3,224,224", "--input-shape", "mask=?,8"}));
  EXPECT_EQ(ours({"--shapes=x:0:1x3x8,y:2x4"}), (Words{"--input-shape", "x:0=1,3,8", "--input-shape", "y=2,4"}));
  EXPECT_EQ(ours({"--loadInputs=x:a.npy,y:b.npy"}), (Words{"--data", "x=a.npy", "--data", "y=b.npy"}));
  EXPECT_EQ(ours({"-f", "sequence:128"}), (Words{"--dim", "sequence=128"}));
  EXPECT_NE(refusal({"-shape", "[1,3,224,224]"}).find("NAME=1,3,224,224"), std::string::npos);
}

TEST(KnownFlags, WhatIsAlwaysDoneIsLeftOut) {
  EXPECT_EQ(ours({"bench", "-s", "-I", "m.onnx", "-m", "times", "-r", "3"}), (Words{"bench", "m.onnx", "-r", "3"}));
  EXPECT_EQ(ours({"-m", "duration", "-m", "duration.onnx"}), (Words{"-m", "duration.onnx"}));
}

TEST(KnownFlags, TheOthersAreRefusedByNameWithWhatToWrite) {
  for (const auto& [flag, word] : std::map<std::string, std::string>{{"-api", "--concurrency"},
                                                                     {"-y", "--threads"},
                                                                     {"--warmUp=200", "--warmup"},
                                                                     {"--int8", "--precision"},
                                                                     {"-i", "--data"},
                                                                     {"-report_folder", "--out"}}) {
    const std::string sentence = refusal({"bench", flag});
    EXPECT_TRUE(sentence.starts_with(flag.substr(0, flag.find('=')))) << sentence;
    EXPECT_NE(sentence.find(word), std::string::npos) << sentence;
  }
}

TEST(KnownFlags, TwoNamesOfOneFlagAreRefused) {
  const std::string sentence = refusal({"-nireq", "4", "-nstreams", "2"});
  for (const char* word : {"-nireq", "-nstreams", "--concurrency"}) {
    EXPECT_NE(sentence.find(word), std::string::npos) << sentence;
  }
}

using KnownFlagsCommand = testing::CommandLine;

TEST_F(KnownFlagsCommand, ReachTheBench) {
  const Ended ended = rheo({"bench", "-m", model, "-hint", "latency", "-nthreads", "1", "-niter", "3", "-d", "CPU",
                            "-json_stats", "-infer_precision", "bf16"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_EQ(ended.json()["rows"][0]["requests"], 3);
  EXPECT_EQ(ended.json()["rows"][0]["precision"], "bf16");
  expect_refused(rheo({"bench", model, "-api", "sync"}), 2, "--concurrency");
  expect_refused(rheo({"inspect", model, "-niter", "3"}), 2, "not expected");  // of the bench alone
  const Ended help = rheo({"bench", "-help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_NE(help.out.find("-nireq"), std::string::npos) << help.out;
  EXPECT_NE(help.out.find("Exit code 0"), std::string::npos) << help.out;
}

}  // namespace
}  // namespace rheo

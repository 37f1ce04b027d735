// SPDX-License-Identifier: Apache-2.0
// rheo inspect: what a package holds, and files that are none.
#include "cli/command_line.h"
#include "engine/sized_model.h"
#include "support/zip_writer.h"

namespace rheo {
namespace {

using InspectCommand = testing::CommandLine;

TEST_F(InspectCommand, ShowsStagesPathsPlansKernelsAndRefusals) {
  const Ended text = rheo({"inspect", model, "--allow-uncertified"});
  ASSERT_EQ(text.code, 0) << text.err;
  for (const char* word :
       {"stages 3, each up to an exit: exit1 exit2 final", "policy thresholds", "exit2.bf16", "plan f32 (batch 1",
        "plan bf16 (batch 1", "stage 2, up to final", "refused", "certificate: not valid here", "rheo adapt"}) {
    EXPECT_NE(text.out.find(word), std::string::npos) << word << "\n" << text.out;
  }
  const nlohmann::json json = rheo({"inspect", model, "--json"}).json();
  EXPECT_EQ(json["ladder"].size(), 6u);
  // Every kernel that the JSON names, the text names too.
  ASSERT_EQ(json["plans"]["f32"]["stages"].size(), 3u);
  for (const auto& stage : json["plans"]["f32"]["stages"]) {
    ASSERT_FALSE(stage["ops"].empty());
    for (const auto& op : stage["ops"]) {
      EXPECT_NE(text.out.find(op["kernel"].get<std::string>()), std::string::npos) << op;
    }
  }
}

TEST_F(InspectCommand, WhatNobodyMeasuredIsNoNumber) {
  const testing::SizedFile file;
  const std::vector<std::string> line = {"inspect", file.name(), "--dim", "sequence=8", "--precision", "bf16"};
  std::vector<std::string> as_json = line;
  as_json.emplace_back("--json");
  const nlohmann::json ladder = rheo(as_json).json()["ladder"];
  ASSERT_EQ(ladder.size(), 2u);
  for (const nlohmann::json& rung : ladder) {
    for (const char* name : {"latency_us", "latency_p99_us", "agreement"}) EXPECT_TRUE(rung[name].is_null()) << rung;
    EXPECT_GT(rung["multiply_adds"], 0);
  }
  for (const std::string& row : testing::lines_of(rheo(line).out)) {
    if (row.find(".f32 ") == std::string::npos || !row.ends_with(" -")) continue;
    EXPECT_EQ(std::count(row.begin(), row.end(), '-'), 3) << row;
    EXPECT_FALSE(rheo({"inspect", model, "--json"}).json()["ladder"][0]["latency_us"].is_null());
    return;
  }
  ADD_FAILURE() << "There is no row of the path in f32.";
}

TEST_F(InspectCommand, ListsEveryOutput) {
  ASSERT_TRUE(write_package(testing::sample_package(testing::three_exits_and_outputs()), model).ok());
  const Ended text = rheo({"inspect", model});
  ASSERT_EQ(text.code, 0) << text.err;
  for (const char* line : {"output output f32 [?, 5]\n", "output counts i64 [?, 8, 6, 6], with exit exit1\n",
                           "output embedding f32 [?, 16], with exit final\n"}) {
    EXPECT_NE(text.out.find(line), std::string::npos) << line << "\n" << text.out;
  }
}

TEST_F(InspectCommand, FilesThatAreNoPackageAreRefusedByName) {
  const std::string whole = testing::text_of(model);
  const auto refused = [&](const char* name, const std::string& content, const char* word) {
    std::ofstream(folder.file(name), std::ios::binary) << content;
    const Ended ended = rheo({"inspect", folder.file(name)});
    expect_refused(ended, 1, name);
    EXPECT_NE(ended.err.find(word), std::string::npos) << ended.err;
  };
  expect_refused(rheo({"inspect", folder.file("none.rheo")}), 1, "none.rheo");
  refused("truncated.rheo", whole.substr(0, whole.size() / 2), "bad_format");
  refused("oversized.rheo", whole + "more", "bad_format");
  std::string flipped = whole;
  flipped[whole.size() - 100] = static_cast<char>(flipped[whole.size() - 100] ^ 4);
  refused("flipped.rheo", flipped, "bad_format");
  refused("text.rheo", "hello", "bad_format");
  refused("no_model.pt", "hello", "bad_format");
  expect_refused(rheo({"inspect", folder.file("")}), 1, "no regular file");
}

TEST_F(InspectCommand, AMissingImporterIsNamed) {
  std::ofstream(folder.file("model.pt"), std::ios::binary) << testing::zip_of({{"model/code/model.py", "pass"}});
  const Ended ended = rheo({"inspect", folder.file("model.pt"), "--plugin-dir", folder.file("nowhere")});
  expect_refused(ended, 1, "librheo_torch.so");
}

}  // namespace
}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// Paths by their precision: what run, explain and bench make of --precision.
#include "cli/paths.h"

#include "cli/command_line.h"
#include "engine/sized_model.h"

namespace rheo {
namespace {

TEST(Paths, OfAPrecisionGoToTheLastExit) {
  const Ladder ladder = testing::sample_package().ladder;
  EXPECT_EQ(cli::path_of_precision(ladder, "bf16").value(), "final.bf16");
  EXPECT_EQ(cli::path_of_precision(ladder, "f32").value(), "final.f32");
  EXPECT_EQ(cli::path_of_precision(ladder, "int8").status().code(), StatusCode::not_found);
  EXPECT_EQ(cli::path_of_precision(ladder, "f64").status().code(), StatusCode::invalid_argument);
}

TEST(Paths, ThatAreAskedForByNameComeFirst) {
  const Ladder ladder = testing::sample_package().ladder;
  EXPECT_EQ(cli::asked_path(ladder, "", {}).value(), "");
  EXPECT_EQ(cli::asked_path(ladder, "", {"bf16"}).value(), "final.bf16");
  EXPECT_EQ(cli::asked_path(ladder, "exit1.f32", {"bf16", "f32"}).value(), "exit1.f32");
  EXPECT_EQ(cli::asked_path(ladder, "", {"bf16", "f32"}).status().code(), StatusCode::invalid_argument);
}

using PathsCommand = testing::CommandLine;

TEST_F(PathsCommand, RunAndExplainTakeAPrecision) {
  for (const char* command : {"run", "explain"}) {
    const Ended ended = rheo({command, model, "--input", one, "--precision", "bf16", "--json"});
    ASSERT_EQ(ended.code, 0) << ended.err;
    EXPECT_EQ(ended.json()["path"], "final.bf16") << command;
    expect_refused(rheo({command, model, "--input", one, "--precision", "bf16,f32"}), 1, "name one precision");
    expect_refused(rheo({command, model, "--input", one, "--precision", "f64"}), 1, "f64");
  }
}

}  // namespace
}  // namespace rheo

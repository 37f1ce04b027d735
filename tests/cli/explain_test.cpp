// SPDX-License-Identifier: Apache-2.0
// rheo explain: what was decided for one input, and why.
#include "cli/command_line.h"

namespace rheo {
namespace {

using ExplainCommand = testing::CommandLine;

TEST_F(ExplainCommand, SaysWhatWasDecidedAndWhy) {
  for (std::size_t i = 0; i < kPictures; ++i) {
    write(one, pictures[i].view());
    const Ended json = rheo({"explain", model, "--allow-uncertified", "--input", one, "--json"});
    ASSERT_EQ(json.code, 0) << json.err;
    const Ended text = rheo({"explain", model, "--allow-uncertified", "--input", one});
    const std::string path = json.json()["path"];
    const std::string measure = json.json()["reason"]["measure"];
    EXPECT_NE(text.out.find("Answered with " + path + " because " + measure), std::string::npos) << text.out;
    EXPECT_EQ(text.out.find("Step 2:") != std::string::npos, json.json()["steps"].size() > 1) << text.out;
    EXPECT_NE(text.out.find("not certified"), std::string::npos) << text.out;
  }
}

TEST_F(ExplainCommand, FailsWithoutAnInput) {
  expect_refused(rheo({"explain", model}), 2, "--input");
  expect_refused(rheo({"explain", model, "--input", folder.file("none.npy")}), 1, "none.npy");
}

}  // namespace
}  // namespace rheo

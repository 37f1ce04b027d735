// SPDX-License-Identifier: Apache-2.0
// What rheo bench runs on, as its records show it.
#include "cli/command_line.h"

namespace rheo {
namespace {

class BenchInputsCommand : public testing::CommandLine {
 protected:
  // The mean of each counted input.
  std::vector<double> means(std::vector<std::string> flags) {
    const std::string trace = folder.file("trace" + std::to_string(++traces) + ".jsonl");
    std::vector<std::string> arguments = {"bench", model, "--niter", "4", "--warmup", "2", "--record", trace};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    const Ended ended = rheo(arguments);
    EXPECT_EQ(ended.code, 0) << ended.err;
    std::vector<double> found;
    for (const std::string& line : testing::lines_of(testing::text_of(trace))) {
      found.push_back(nlohmann::json::parse(line)["statistics"]["mean"]);
    }
    return found;
  }

  int traces = 0;
};

TEST_F(BenchInputsCommand, AreTheSameForTheSameSeedAndDifferFromRequestToRequest) {
  const auto first = means({"--seed", "1"});
  ASSERT_EQ(first.size(), 4u);
  EXPECT_NE(first[0], first[1]);
  EXPECT_EQ(first, means({"--seed", "1"}));
  EXPECT_NE(first, means({"--seed", "2"}));
  for (const double mean : first) EXPECT_NEAR(mean, 0.5, 0.2);
}

TEST_F(BenchInputsCommand, ComeFromAFileByNameOrPosition) {
  EXPECT_EQ(means({"--data", all}), means({"--input", "image=" + all}));
}

TEST_F(BenchInputsCommand, ShapesThatDoNotFitAreRefused) {
  EXPECT_EQ(rheo({"bench", model, "--niter", "1", "--shape", "1x12x12"}).code, 0);
  EXPECT_EQ(rheo({"bench", model, "--niter", "1", "--shape", "image=1x12x12"}).code, 0);
  expect_refused(rheo({"bench", model, "--shape", "image=1x13x12"}), 1, "does not fit input 'image'");
  expect_refused(rheo({"bench", model, "--shape", "1x12"}), 1, "does not fit");
  for (const char* wrong : {"1xx12", "x", "", "1x12x", "-1x12x12", "image=", "1,12,12"}) {
    expect_refused(rheo({"bench", model, std::string("--shape=") + wrong}), *wrong == '\0' ? 2 : 1, "--shape");
  }
}

TEST_F(BenchInputsCommand, CountNoItemsThatNobodyRan) {
  const std::string file = RHEO_SOURCE_DIR "/tests/golden/exports/weights_old.onnx";
  EXPECT_EQ(rheo({"bench", file, "--fixed-batch", "2", "--niter", "1"}).code, 0);
  EXPECT_EQ(rheo({"bench", file, "--batch", "4", "--niter", "1"}).code, 0);
  expect_refused(rheo({"bench", file, "--fixed-batch", "2", "--batch", "1,4", "--niter", "1"}), 1, "leave --batch out");
}

}  // namespace
}  // namespace rheo

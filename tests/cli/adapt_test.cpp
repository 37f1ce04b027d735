// SPDX-License-Identifier: Apache-2.0
// rheo adapt: from a model and pictures to a package, or a sentence and no package.
#include <filesystem>

#include "cli/command_line.h"

namespace rheo {
namespace {

class AdaptCommand : public testing::CommandLine {
 protected:
  // `count` pictures in a .npy file.
  std::string data(std::int64_t count) const {
    const std::string file = folder.file("data.npy");
    write(file, testing::random_tensor({count, 1, 12, 12}, 11, 0, 1).view());
    return file;
  }

  Ended adapt(std::vector<std::string> more) const {
    std::vector<std::string> arguments = {"adapt", model, "-o", output};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return rheo(arguments);
  }

  void expect_nothing_written(const Ended& ended, const std::string& word) const {
    EXPECT_EQ(ended.code, 1) << ended.err;
    EXPECT_TRUE(ended.out.empty()) << ended.out;
    EXPECT_NE(ended.err.find("rheo: "), std::string::npos) << ended.err;
    EXPECT_NE(ended.err.find(word), std::string::npos) << word << " is not in: " << ended.err;
    EXPECT_FALSE(std::filesystem::exists(output));
  }

  const std::string output = folder.file("adapted.rheo");
};

TEST_F(AdaptCommand, WritesAPackageThatTheOtherCommandsTake) {
  const Ended ended =
      adapt({"--data", data(300), "--max-disagreement", "0.5", "--policies", "5", "--precisions", "bf16", "--json"});
  ASSERT_EQ(ended.code, 0) << ended.err;
  EXPECT_TRUE(ended.json().contains("note")) << ended.out;
  EXPECT_NE(ended.err.find("100 %"), std::string::npos) << ended.err;
  EXPECT_EQ(rheo({"verify", output}).code, 0);
  const Ended inspected = rheo({"inspect", output, "--json"});
  ASSERT_EQ(inspected.code, 0) << inspected.err;
  EXPECT_GT(inspected.json()["ladder"][0]["latency_us"], 0);
  EXPECT_EQ(rheo({"explain", output, "--input", one}).code, 0);
}

// 100 inputs to certify suffice for a drop of a half; one per cent of disagreement needs 368.
TEST_F(AdaptCommand, ADropAskedForAloneIsAllThatIsPromised) {
  const std::string labels = folder.file("labels.npy");
  write(labels, Tensor::zeros(DType::u8, {200}).value().view());
  const std::vector<std::string> drop = {"--data", data(200),    "--labels", labels,  "--max-accuracy-drop",
                                         "0.5",    "--policies", "3",        "--json"};
  std::vector<std::string> both = drop;
  both.insert(both.end(), {"--max-disagreement", "0.01"});
  expect_nothing_written(adapt(both), "368");
  const Ended alone = adapt(drop);
  EXPECT_EQ(alone.code, 0) << alone.err;
  EXPECT_TRUE(std::filesystem::exists(output));
}

TEST_F(AdaptCommand, TooFewInputsToCertifyAreCountedOut) {
  expect_nothing_written(adapt({"--data", data(40)}), "at least");
}

TEST_F(AdaptCommand, WrongOptionsAreRefusedBeforeAnythingRuns) {
  const std::string pictures_file = data(40);
  expect_nothing_written(adapt({"--data", pictures_file, "--policy", "guess"}), "Unknown policy 'guess'");
  expect_nothing_written(adapt({"--data", pictures_file, "--precisions", "f8"}), "f8");
  expect_nothing_written(adapt({"--data", pictures_file, "--policies", "1"}), "policies");
  expect_nothing_written(adapt({"--data", folder.file("none.npy")}), "none.npy");
  expect_nothing_written(adapt({"--data", pictures_file, "--labels", folder.file("none.idx")}), "none.idx");
  expect_nothing_written(adapt({"--data", pictures_file, "--max-accuracy-drop", "0.01"}), "labels");
  expect_refused(rheo({"adapt", model, "-o", output}), 2, "--data");
}

}  // namespace
}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
// rheo replay: recorded requests decided again.
#include "cli/command_line.h"
#include "engine/sized_model.h"

namespace rheo {
namespace {

class ReplayCommand : public testing::CommandLine {
 protected:
  void SetUp() override {
    const Ended ended = rheo({"run", model, "--allow-uncertified", "--input", all, "--record", trace});
    ASSERT_EQ(ended.code, 0) << ended.err;
  }

  nlohmann::json replayed(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {"replay", model, trace, "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Ended ended = rheo(arguments);
    EXPECT_EQ(ended.code, 0) << ended.err;
    return ended.json()["policies"];
  }

  const std::string trace = folder.file("trace.jsonl");
};

TEST_F(ReplayCommand, DecidesEveryRequestAsItWasDecided) {
  ASSERT_EQ(rheo({"run", model, "--input", one, "--path", "exit2.bf16", "--record", trace}).code, 0);
  const nlohmann::json report = replayed();
  ASSERT_EQ(report.size(), 1u);
  EXPECT_EQ(report[0]["records"], 9);
  EXPECT_EQ(report[0]["reproduced"], 9);
  EXPECT_EQ(report[0]["differing"], 0);
  EXPECT_EQ(report[0]["expected_us"], report[0]["recorded_us"]);
  const Ended text = rheo({"replay", model, trace});
  EXPECT_NE(text.out.find("9 of 9 records answered, 9 of them decided exactly as recorded"), std::string::npos)
      << text.out;
}

TEST_F(ReplayCommand, TriesOtherPoliciesAsFarAsTheTraceReaches) {
  const std::string text = folder.file("policy.json");
  std::ofstream(text) << testing::thresholds_text(package, 0.0f);
  const nlohmann::json report =
      replayed({"--policy", "fixed:exit1.f32", "--policy", "fixed:final.f32", "--policy", "fixed:exit1.bf16",
                "--policy", "thresholds", "--policy", text, "--policy", model});
  ASSERT_EQ(report.size(), 6u);
  EXPECT_EQ(report[0]["answered"], 8);  // every request began with exit1.f32
  EXPECT_LT(report[0]["expected_us"], report[0]["recorded_us"]);
  EXPECT_GT(report[1]["missing"], 0);  // some never reached final.f32
  EXPECT_EQ(report[1]["answered"].get<int>() + report[1]["missing"].get<int>(), 8);
  EXPECT_EQ(report[1]["paths"][5]["missing"], report[1]["missing"]);
  EXPECT_EQ(report[2]["missing"], 8);
  EXPECT_EQ(report[3]["reproduced"], 8);
  EXPECT_EQ(report[4]["paths"][1]["answered"], 8);  // any margin is enough
  EXPECT_EQ(report[5]["reproduced"], 8);
}

TEST_F(ReplayCommand, RequestsThatTheReferenceAnsweredForWantOfACertificateAreNotThePolicys) {
  ASSERT_EQ(rheo({"run", model, "--input", one, "--record", trace}).code, 0);
  EXPECT_EQ(replayed()[0]["other_minds"], 1);
  EXPECT_EQ(replayed()[0]["reproduced"], 8);
}

TEST_F(ReplayCommand, PoliciesThatAreNotThereAreRefused) {
  const auto refused = [&](const std::string& policy, const char* word) {
    expect_refused(rheo({"replay", model, trace, "--policy", policy}), 1, word);
  };
  refused("guess", "Unknown policy 'guess'");
  refused("tradeoff", "rheo adapt --policy tradeoff");
  refused("fixed:exit9.f64", "exit1.bf16");
  refused(folder.file("none.json"), "none.json");
  std::ofstream(folder.file("broken.json")) << "{\"kind\":\"mood\"}";
  refused(folder.file("broken.json"), "mood");
}

TEST_F(ReplayCommand, APolicyFileIsNoLargerThanPoliciesAre) {
  const std::string text = folder.file("policy.json");
  std::ofstream(text) << std::string((std::size_t{16} << 20) + 1, ' ');
  expect_refused(rheo({"replay", model, trace, "--policy", text}), 1, "limit_exceeded");
}

TEST_F(ReplayCommand, TracesThatAreBrokenOrOfAnotherModelAreRefusedByLine) {
  std::ofstream(trace, std::ios::app) << "{\"record\":1}\n";
  const Ended broken = rheo({"replay", model, trace});
  expect_refused(broken, 1, "line 9");
  EXPECT_NE(broken.err.find(trace), std::string::npos) << broken.err;
  expect_refused(rheo({"replay", model, folder.file("none.jsonl")}), 1, "none.jsonl");
  Package other = testing::sample_package();
  other.graph = optimize(testing::three_exit_graph(2)).value();
  const std::string other_model = folder.file("other.rheo");
  ASSERT_TRUE(write_package(other, other_model).ok());
  expect_refused(rheo({"replay", other_model, trace}), 1, "is of the model");
}

TEST_F(ReplayCommand, AModelFileIsTheSameWhereItIsReadAlike) {
  const testing::SizedFile file;
  const std::string records = folder.file("of_a_file.jsonl");
  const Ended timed =
      rheo({"bench", file.name(), "--dim", "sequence=8", "--precision", "bf16", "--niter", "3", "--record", records});
  ASSERT_EQ(timed.code, 0) << timed.err;
  const Ended without = rheo({"replay", file.name(), records, "--dim", "sequence=8"});
  expect_refused(without, 1, "is of the model");
  EXPECT_NE(without.err.find("--precision"), std::string::npos) << without.err;
  const std::vector<std::string> line = {"replay", file.name(), records, "--dim", "sequence=8", "--precision", "bf16"};
  const Ended text = rheo(line);
  ASSERT_EQ(text.code, 0) << text.err;
  EXPECT_NE(text.out.find("3 of 3 records answered"), std::string::npos) << text.out;
  EXPECT_EQ(text.out.find("expected cost"), std::string::npos) << text.out;  // nobody measured it
  std::vector<std::string> as_json = line;
  as_json.emplace_back("--json");
  EXPECT_TRUE(rheo(as_json).json()["policies"][0]["expected_us"].is_null());
}

}  // namespace
}  // namespace rheo

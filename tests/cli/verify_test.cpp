// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line.h"

namespace rheo {
namespace {

class VerifyCommand : public testing::CommandLine {
 protected:
  // A certified model with what its paths answered here, made on a kind of host that is called `isa`.
  Package certified(const std::string& isa) const {
    Package made = testing::certified_package(0.5f);
    const Engine engine = testing::sample_engine({}, made);
    for (std::size_t i = 0; i < 3; ++i) {
      const auto paths = static_cast<std::int64_t>(made.ladder.size());
      Tensor answers = Tensor::zeros(DType::f32, {paths, 5}).value();
      for (std::size_t path = 0; path < made.ladder.size(); ++path) {
        const std::string_view name = made.ladder.name(PathId{static_cast<std::uint8_t>(path)});
        const Outcome outcome = engine.run(pictures[i], {.path = name}).value();
        const auto logits = outcome.output(0).as<float>();
        std::copy(logits.begin(), logits.end(), answers.as_mutable<float>().subspan(path * 5).begin());
      }
      made.self_test_inputs.push_back(pictures[i]);
      made.self_test_outputs.push_back(std::move(answers));
    }
    made.certificate->isa = isa;
    made.hosts = {{isa, made.certificate->library_versions, "2026-01-02T03:04:05Z"}};
    return made;
  }
};

TEST_F(VerifyCommand, MakesTheCertificateCountHere) {
  ASSERT_TRUE(write_package(certified("another"), model).ok());
  EXPECT_NE(rheo({"inspect", model}).out.find("certificate: not valid here"), std::string::npos);
  const Ended first = rheo({"verify", model});
  EXPECT_EQ(first.code, 0) << first.err;
  EXPECT_NE(first.out.find("Wrote "), std::string::npos) << first.out;
  EXPECT_NE(rheo({"inspect", model}).out.find("certificate: valid here"), std::string::npos);
  const std::string written = testing::text_of(model);
  const Ended second = rheo({"verify", model});
  EXPECT_EQ(second.code, 0) << second.err;
  EXPECT_NE(second.out.find("listed in"), std::string::npos) << second.out;
  EXPECT_EQ(testing::text_of(model), written);
}

TEST_F(VerifyCommand, OnlyChecksWhenAskedTo) {
  ASSERT_TRUE(write_package(certified("another"), model).ok());
  const std::string before = testing::text_of(model);
  const Ended text = rheo({"verify", model, "--check"});
  EXPECT_EQ(text.code, 0) << text.err;
  EXPECT_NE(text.out.find("nothing was written"), std::string::npos) << text.out;
  const Ended ended = rheo({"verify", model, "--check", "--json"});
  EXPECT_EQ(ended.json()["passed"], true) << ended.out;
  EXPECT_EQ(ended.json()["listed"], false);
  EXPECT_EQ(ended.json()["written"], false);
  EXPECT_EQ(ended.json()["paths"].size(), 6U);
  EXPECT_EQ(ended.json()["paths"][0]["inputs"], 3);
  EXPECT_EQ(testing::text_of(model), before);
}

TEST_F(VerifyCommand, APathThatFailsIsNamedAndNothingIsWritten) {
  Package other = certified("another");
  other.self_test_outputs[1].as_mutable<float>()[0] += 100;  // of exit1.bf16
  ASSERT_TRUE(write_package(other, model).ok());
  const std::string before = testing::text_of(model);
  const Ended ended = rheo({"verify", model});
  EXPECT_EQ(ended.code, 1);
  EXPECT_NE(ended.out.find("FAILED exit1.bf16"), std::string::npos) << ended.out;
  EXPECT_NE(ended.out.find("Nothing was written"), std::string::npos) << ended.out;
  EXPECT_NE(ended.err.find("rheo adapt"), std::string::npos) << ended.err;
  EXPECT_EQ(testing::text_of(model), before);
}

TEST_F(VerifyCommand, RefusesWhatIsNoPackage) {
  expect_refused(rheo({"verify", folder.file("none.rheo")}), 1, "none.rheo");
  std::ofstream(folder.file("text.rheo")) << "hello";
  expect_refused(rheo({"verify", folder.file("text.rheo")}), 1, "text.rheo");
  expect_refused(rheo({"verify", model}), 1, "no self-test inputs");
}

}  // namespace
}  // namespace rheo

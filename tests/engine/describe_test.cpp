// SPDX-License-Identifier: Apache-2.0
// `Engine::describe`: what `rheo inspect` prints.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "engine/sample_engine.h"

namespace rheo {
namespace {

using namespace testing;
using Json = nlohmann::json;

TEST(Describe, ListsStagesPathsAndTensors) {
  const Package package = certified_package(0.5f);
  const Json json = Json::parse(sample_engine({}, package).describe());
  EXPECT_EQ(json["stages"], 3);
  EXPECT_EQ(json["exits"], Json({"exit1", "exit2", "final"}));
  ASSERT_EQ(json["ladder"].size(), 6u);
  EXPECT_EQ(json["ladder"][5]["path"], "final.f32");
  EXPECT_EQ(json["ladder"][0]["precision"], "bf16");
  EXPECT_EQ(json["inputs"][0]["shape"], "[?, 1, 12, 12]");
  EXPECT_EQ(json["outputs"][0]["name"], "output");
  EXPECT_EQ(json["policy"], "thresholds");
  EXPECT_EQ(json["model_hash"], model_hash(package));
  EXPECT_EQ(json["certificate"]["valid_here"], true);
  EXPECT_GT(json["memory"]["frames_bytes"], 0);
}

TEST(Describe, NamesTheKernelOfEveryOpAndEveryRefusalWithItsReason) {
  const Json json = Json::parse(sample_engine().describe());
  ASSERT_EQ(json["plans"].size(), 2u);
  std::size_t refusals = 0;
  for (const char* precision : {"f32", "bf16"}) {
    ASSERT_EQ(json["plans"][precision]["stages"].size(), 3u) << precision;
    for (const Json& stage : json["plans"][precision]["stages"]) {
      ASSERT_FALSE(stage["ops"].empty()) << precision;
      for (const Json& op : stage["ops"]) {
        EXPECT_FALSE(op["kernel"].get<std::string>().empty()) << op;
        for (const Json& refusal : op["refusals"]) {
          EXPECT_FALSE(refusal["kernel"].get<std::string>().empty()) << op;
          EXPECT_FALSE(refusal["reason"].get<std::string>().empty()) << op;
          ++refusals;
        }
      }
    }
  }
  EXPECT_GT(refusals, 0u);
}

TEST(Describe, SaysWhyACertificateDoesNotCount) {
  const Json none = Json::parse(sample_engine().describe());
  EXPECT_EQ(none["certificate"]["valid_here"], false);
  EXPECT_NE(none["certificate"]["why"].get<std::string>().find("rheo adapt"), std::string::npos);
  Package package = certified_package(0.5f);
  package.certificate->isa = "another";
  const Json foreign = Json::parse(sample_engine({}, package).describe());
  EXPECT_EQ(foreign["certificate"]["valid_here"], false);
  EXPECT_NE(foreign["certificate"]["why"].get<std::string>().find("another"), std::string::npos);
  EXPECT_EQ(foreign["policy"], "fixed");
}

// Who is told to adapt again without need spends another read of the inputs.
TEST(Describe, SaysWhatAdaptNotedInsteadOfACertificate) {
  Package package = sample_package();
  package.note = "Adapting does not pay on this host.";
  const std::string why = Json::parse(sample_engine({}, package).describe())["certificate"]["why"];
  EXPECT_NE(why.find("does not pay"), std::string::npos) << why;
  EXPECT_EQ(why.find("make one"), std::string::npos) << why;
}

TEST(Describe, SaysWithWhichExitAnOutputComes) {
  const Json json = Json::parse(sample_engine({}, sample_package(three_exits_and_outputs())).describe());
  ASSERT_EQ(json["outputs"].size(), 4u);
  EXPECT_FALSE(json["outputs"][0].contains("with_exit")) << "the answer is always there";
  EXPECT_EQ(json["outputs"][1]["name"], "counts");
  EXPECT_EQ(json["outputs"][1]["dtype"], "i64");
  EXPECT_EQ(json["outputs"][1]["with_exit"], "exit1");
  EXPECT_EQ(json["outputs"][2]["with_exit"], "exit2");
  EXPECT_EQ(json["outputs"][3]["with_exit"], "final");
}

}  // namespace
}  // namespace rheo

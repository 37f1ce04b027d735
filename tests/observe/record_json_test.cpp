// SPDX-License-Identifier: Apache-2.0
// One record as JSON and as sentences.
#include <rheo/observe.h>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "observe/sample_record.h"

namespace rheo {
namespace {

using testing::sample_record;

TEST(RecordJson, IsOneLineWithEverythingAndNoNaN) {
  const std::string line = to_json(sample_record());
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const auto json = nlohmann::json::parse(line);
  EXPECT_EQ(json["model"], "00112233445566778899aabbccddeeff");
  EXPECT_EQ(json["request"], 42);
  EXPECT_EQ(json["item"], 3);
  EXPECT_EQ(json["policy"], "thresholds");
  EXPECT_EQ(json["asked"], "");
  EXPECT_EQ(json["path"], "final.f32");
  EXPECT_EQ(json["precision"], "f32");
  EXPECT_EQ(json["device"], "cpu");
  EXPECT_EQ(json["isa"], "avx2");
  EXPECT_EQ(json["reason"]["measure"], "margin");
  EXPECT_EQ(json["steps"].size(), 2u);
  EXPECT_TRUE(json["steps"][0]["margin"].is_null());
  EXPECT_EQ(json["steps"][1]["path"], "final.f32");
  EXPECT_EQ(json["steps"][1]["cost_us"], 12.25);
  EXPECT_EQ(json["steps"][1]["reason"]["measure"], "expected_cost");
  EXPECT_EQ(json["steps"][1]["reason"]["value"], 31.5);
  EXPECT_EQ(json["statistics"]["entropy"], 2.5);
  EXPECT_EQ(json["certified"], true);
  EXPECT_EQ(json["cost"]["total_us"], 12.5);
  EXPECT_NE(line.find("\"value\":0.93,"), std::string::npos) << line;  // a float without the noise of a double
}

TEST(RecordJson, AskedAndUsedBothShowWhenAStepWasCutShort) {
  RunRecord record = sample_record();
  record.asked = "final.f32";
  record.path = "exit1.int8";
  record.unfinished = "final.f32";
  record.interrupted = StatusCode::deadline_exceeded;
  const auto json = nlohmann::json::parse(to_json(record));
  EXPECT_EQ(json["asked"], "final.f32");
  EXPECT_EQ(json["path"], "exit1.int8");
  EXPECT_EQ(json["precision"], "int8");
  EXPECT_EQ(json["unfinished"], "final.f32");
  EXPECT_EQ(json["interrupted"], "deadline_exceeded");
}

TEST(RecordJson, NeverThrowsWhateverTheHostPutsIn) {
  RunRecord record;  // no ladder, no names
  record.policy = "no UTF-8: \xff\xfe";
  record.evidence.push_back({.path = PathId{200}});
  EXPECT_FALSE(nlohmann::json::parse(to_json(record)).is_null());
  EXPECT_FALSE(explain(record).empty());
}

TEST(Explain, TellsStepsReasonAndCostWithLabels) {
  const std::vector<std::string> labels = {"bag", "coat"};
  RunRecord record = sample_record();
  record.interrupted = StatusCode::deadline_exceeded;
  const std::string text = explain(record, labels);
  for (const char* word : {"Step 1: exit1.int8, because custom", "It answered 2 with", "not usable",
                           "Step 2: final.f32, because expected_cost 31.5 >= 12.2 us", "1 (coat)",
                           "because margin 0.93 >= 0.71", "certified", "deadline_exceeded", "12.5 us in all"}) {
    EXPECT_NE(text.find(word), std::string::npos) << word << "\n" << text;
  }
}

TEST(Explain, SaysThatThereIsNoAnswerAndWhatWasNotFinished) {
  RunRecord record = sample_record();
  record.path = {};
  record.unfinished = "exit1.f32";
  record.interrupted = StatusCode::cancelled;
  const std::string text = explain(record);
  EXPECT_NE(text.find("There is no answer: cancelled"), std::string::npos) << text;
  EXPECT_NE(text.find("exit1.f32 was asked for but not finished"), std::string::npos) << text;
}

TEST(Explain, NamesTheSizesWhereThereAreSeveral) {
  RunRecord record = sample_record();
  EXPECT_EQ(explain(record).find("sequence"), std::string::npos);
  EXPECT_EQ(to_json(record).find("sizes"), std::string::npos);
  record.sizes = "sequence=128";
  EXPECT_NE(explain(record).find("Computed in sequence=128."), std::string::npos);
  EXPECT_NE(to_json(record).find("\"sizes\":\"sequence=128\""), std::string::npos) << to_json(record);
}

}  // namespace
}  // namespace rheo

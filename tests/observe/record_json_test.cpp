// SPDX-License-Identifier: Apache-2.0
#include "observe/record_json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace rheo {
namespace {

RunRecord sample_record() {
  RunRecord record;
  Ladder::Rung cheap{{Precision::int8, "exit1", 0}, {}};
  Ladder::Rung reference{{Precision::f32, "final", 1}, {}};
  record.ladder = std::make_shared<const Ladder>(Ladder::create({cheap, reference}).value());
  record.path = record.ladder->name(PathId{1});
  record.policy = "thresholds";
  record.decided = {Measure::margin, 0.93f, 0.71f};
  Evidence first;
  first.path = PathId{0};
  first.answer = 2;
  first.margin = NAN;
  Evidence second;
  second.path = PathId{1};
  second.answer = 1;
  second.margin = 0.93f;
  second.usable = true;
  record.evidence.push_back(first);
  record.evidence.push_back(second);
  record.certified = true;
  record.total_us = 12.5;
  return record;
}

TEST(RecordJson, IsOneLineWithEverythingAndNoNaN) {
  const std::string line = record_to_json(sample_record());
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const auto json = nlohmann::json::parse(line);
  EXPECT_EQ(json["path"], "final.f32");
  EXPECT_EQ(json["reason"]["measure"], "margin");
  EXPECT_EQ(json["steps"].size(), 2u);
  EXPECT_TRUE(json["steps"][0]["margin"].is_null());
  EXPECT_EQ(json["steps"][1]["path"], "final.f32");
  EXPECT_EQ(json["certified"], true);
  EXPECT_EQ(json["cost"]["total_us"], 12.5);
}

TEST(Explain, TellsStepsReasonAndCostWithLabels) {
  const std::vector<std::string> labels = {"bag", "coat"};
  RunRecord record = sample_record();
  record.interrupted = StatusCode::deadline_exceeded;
  const std::string text = explain(record, labels);
  for (const char* word : {"Step 1: exit1.int8 answered 2 with", "not usable", "1 (coat)",
                           "because margin 0.93 >= 0.71", "certified", "deadline_exceeded", "12.5 us in all"}) {
    EXPECT_NE(text.find(word), std::string::npos) << word << "\n" << text;
  }
}

}  // namespace
}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
#include "observe/trace.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <nlohmann/json.hpp>

#include <rheo/observe.h>

#include "observe/sample_record.h"

namespace rheo {
namespace {

using Json = nlohmann::ordered_json;
using testing::sample_ladder;
using testing::sample_record;

Status read_status(const std::string& text) {
  const RunRecord good = sample_record();
  TraceReader reader(text, good.ladder, good.model);
  while (!reader.at_end()) {
    const Result<RunRecord> record = reader.next();
    if (!record) return record.status();
  }
  return {};
}

TEST(Trace, ReadsBackWhatWasWrittenToTheLastBit) {
  RunRecord cut = sample_record();
  cut.asked = cut.ladder->name(PathId{1});
  cut.unfinished = cut.asked;
  cut.interrupted = StatusCode::cancelled;
  cut.certified = false;
  cut.score = 0.1f + 0.2f;
  RunRecord without_answer = sample_record();
  without_answer.path = {};
  without_answer.evidence.clear();
  without_answer.interrupted = StatusCode::policy_failed;
  std::string text;
  RunRecord sized = sample_record();
  sized.sizes = "sequence=128";
  for (const RunRecord& record : {sample_record(), cut, without_answer, sized}) text += to_json(record) + '\n';
  TraceReader reader(text, cut.ladder, cut.model);
  std::string again;
  std::vector<RunRecord> records;
  while (!reader.at_end()) {
    records.push_back(reader.next().value());
    again += to_json(records.back()) + '\n';
  }
  EXPECT_EQ(again, text);
  ASSERT_EQ(records.size(), 4u);
  EXPECT_EQ(records[0].sizes, "");
  EXPECT_EQ(records[3].sizes, "sequence=128");
  EXPECT_EQ(records[1].score, cut.score);
  EXPECT_EQ(records[1].unfinished, "exit1.f32");
  EXPECT_EQ(records[0].statistics.variance, sample_record().statistics.variance);
  EXPECT_TRUE(std::isnan(records[0].evidence[0].margin));
}

// A model that is no classifier names no class and has no confidences.
TEST(Trace, ReadsStepsWithoutAClass) {
  RunRecord record = sample_record();
  Evidence step;
  step.path = PathId{2};
  step.usable = true;
  record.evidence.clear();
  record.evidence.push_back(step);
  const Status status = read_status(to_json(record) + '\n');
  EXPECT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(explain(record).find("It answered"), std::string::npos) << explain(record);
  EXPECT_NE(explain(record).find("Step 1: final.f32"), std::string::npos) << explain(record);
}

TEST(Trace, AnEmptyTraceHasNoRecords) { EXPECT_TRUE(read_status("").ok()); }

// So that the fuzzer starts from records, and not from refusals, when their form has changed.
TEST(Trace, ReadsTheSeedsOfItsFuzzer) {
  int seeds = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(RHEO_SOURCE_DIR) + "/tests/fuzz/trace")) {
    std::ifstream stream(entry.path());
    const std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    const Status status = read_status(text);
    EXPECT_EQ(status.ok(), entry.path().stem() != "torn") << entry.path() << ": " << status.message();
    ++seeds;
  }
  EXPECT_GE(seeds, 5);
}

TEST(Trace, NamesTheLineAndTheFieldThatIsWrong) {
  const std::string good = to_json(sample_record()) + '\n';
  const std::pair<std::function<void(Json&)>, const char*> cases[] = {
      {[](Json& record) { record.erase("policy"); }, "lacks the field 'policy'"},
      {[](Json& record) { record["colour"] = 1; }, "unknown field 'colour'"},
      {[](Json& record) { record["request"] = "x"; }, "record.request"},
      {[](Json& record) { record["item"] = -1; }, "record.item"},
      {[](Json& record) { record["path"] = "exit9.f64"; }, "record.path"},
      {[](Json& record) { record["path"] = "exit1.int8"; }, "no usable step"},
      {[](Json& record) { record["path"] = ""; }, "does not say why"},
      {[](Json& record) { record["precision"] = "int8"; }, "record.precision"},
      {[](Json& record) { record["unfinished"] = "exit1.int8"; }, "record.unfinished"},
      {[](Json& record) { record["certified"] = 1; }, "record.certified"},
      {[](Json& record) { record["interrupted"] = "bored"; }, "bored"},
      {[](Json& record) { record["reason"]["measure"] = "mood"; }, "record.reason.measure"},
      {[](Json& record) { record["steps"][0]["path"] = ""; }, "record.steps[0].path is empty"},
      {[](Json& record) { record["steps"][1]["path"] = "exit1.int8"; }, "repeats the path"},
      {[](Json& record) { record["steps"][1]["answer"] = -1; }, "record.steps[1] is usable but"},
      {[](Json& record) { record["steps"][1]["answer"] = 0.5; }, "record.steps[1].answer"},
      {[](Json& record) { record["steps"][1]["cost_us"] = -1; }, "record.steps[1].cost_us"},
      {[](Json& record) { record["steps"][1].erase("reason"); }, "record.steps[1] lacks the field 'reason'"},
      {[](Json& record) { record["steps"][1]["reason"]["value"] = "x"; }, "record.steps[1].reason.value"},
      {[](Json& record) { record["steps"] = Json::array_t(40, record["steps"][0]); }, "record.steps"},
      {[](Json& record) { record["score"] = 1e300; }, "record.score"},
      {[](Json& record) { record["cost"]["total_us"] = nullptr; }, "record.cost.total_us"},
      {[](Json& record) { record["statistics"] = 7; }, "record.statistics"},
  };
  for (const auto& [change, word] : cases) {
    Json record = Json::parse(good);
    change(record);
    const Status status = read_status(good + record.dump() + '\n');
    EXPECT_TRUE(status.code() == StatusCode::bad_format || status.code() == StatusCode::limit_exceeded) << word;
    EXPECT_NE(status.message().find("line 2"), std::string::npos) << status.message();
    EXPECT_NE(status.message().find(word), std::string::npos) << word << ": " << status.message();
  }
}

TEST(Trace, RefusesTornLinesLaterVersionsAndOtherModels) {
  const std::string good = to_json(sample_record());
  EXPECT_EQ(read_status(good + '\n' + good.substr(0, good.size() / 2)).code(), StatusCode::bad_format);
  EXPECT_EQ(read_status(good + "\n\n").code(), StatusCode::bad_format);
  EXPECT_EQ(read_status(good + good + '\n').code(), StatusCode::bad_format);
  Json later = Json::parse(good);
  later["record"] = kRecordVersion + 1;
  EXPECT_EQ(read_status(later.dump()).code(), StatusCode::unsupported);
  Json foreign = Json::parse(good);
  foreign["model"] = "another";
  EXPECT_EQ(read_status(foreign.dump()).code(), StatusCode::invalid_argument);
}

}  // namespace
}  // namespace rheo

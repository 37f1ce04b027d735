// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <rheo/record.h>

namespace rheo {
namespace {

Evidence evidence(std::uint8_t path, float agreement, bool usable = true) {
  Evidence made;
  made.path = PathId{path};
  made.agreement = agreement;
  made.usable = usable;
  return made;
}

TEST(EvidenceList, IsFullAfterOneItemPerPath) {
  EvidenceList list;
  EXPECT_TRUE(list.empty());
  for (std::size_t i = 0; i < kMaxPaths; ++i) EXPECT_TRUE(list.push_back(evidence(static_cast<std::uint8_t>(i), 0)));
  EXPECT_FALSE(list.push_back(evidence(0, 0)));
  EXPECT_EQ(list.size(), kMaxPaths);
  list.clear();
  EXPECT_TRUE(list.empty());
  EXPECT_FALSE(list.has(PathId{0}));
}

TEST(EvidenceList, BestIsTheMostAgreeingUsableTheLaterOnTies) {
  EvidenceList list;
  list.push_back(evidence(0, 0.9F));
  list.push_back(evidence(1, 0.99F, false));
  list.push_back(evidence(2, 0.9F));
  list.push_back(evidence(3, 0.5F));
  EXPECT_EQ(list.best().path, PathId{2});
  EXPECT_EQ(list.back().path, PathId{3});
  EXPECT_TRUE(list.has(PathId{1}));
  EXPECT_FALSE(list.has(PathId{4}));
}

TEST(EvidenceList, BestIsTheLastWhenNoneIsUsable) {
  EvidenceList list;
  list.push_back(evidence(0, 0.9F, false));
  list.push_back(evidence(1, 0.1F, false));
  EXPECT_EQ(list.best().path, PathId{1});
}

TEST(EvidenceList, TakesTheEstimatorsLatestWord) {
  EvidenceList list;
  list.push_back(evidence(2, 0.1F));
  list.push_back(evidence(200, 0.3F));  // no path of any ladder: left alone
  Complexity complexity;
  complexity.agreement[2] = 0.75F;
  list.update(complexity);
  EXPECT_EQ(list[0].agreement, 0.75F);
  EXPECT_EQ(list[1].agreement, 0.3F);
}

TEST(EvidenceList, TheLastStepIsExplained) {
  EvidenceList list;
  list.explain_last({Measure::margin, 1, 2});  // nobody to explain
  EXPECT_TRUE(list.empty());
  list.push_back(evidence(0, 0.5F));
  list.push_back(evidence(1, 0.5F));
  list.explain_last({Measure::margin, 1, 2});
  EXPECT_EQ(list[0].reason.measure, Measure::custom);
  EXPECT_EQ(list[1].reason.measure, Measure::margin);
  EXPECT_EQ(list[1].reason.threshold, 2);
}

TEST(RunRecord, KnowsItsAnswerWhenItHasOne) {
  RunRecord record;
  EXPECT_EQ(record.answer(), -1);
  Ladder::Rung rung{{Precision::f32, "final", 0}, {}};
  record.ladder = std::make_shared<const Ladder>(Ladder::create({rung}).value());
  Evidence step = evidence(0, 0.5F);
  step.answer = 3;
  record.evidence.push_back(step);
  EXPECT_EQ(record.answer(), -1);  // a step, but no answer was given
  record.path = "final.f32";
  EXPECT_EQ(record.answer(), 3);
}

TEST(Reason, ReadsAsAComparison) {
  EXPECT_EQ((Reason{Measure::margin, 0.93F, 0.71F}).to_string(), "margin 0.93 >= 0.71");
  EXPECT_EQ((Reason{Measure::agreement, 0.5F, 0.99F}).to_string(), "agreement 0.50 < 0.99");
  EXPECT_EQ((Reason{Measure::expected_cost, 12.34F, 40}).to_string(), "expected_cost 12.3 < 40.0 us");
  EXPECT_EQ((Reason{Measure::budget, 100, 250}).to_string(), "budget 100.0 < 250.0 us");
  EXPECT_EQ((Reason{Measure::fixed_path, 0, 0}).to_string(), "fixed_path");
  EXPECT_EQ((Reason{Measure::last_rung, 0, 0}).to_string(), "last_rung");
  EXPECT_EQ((Reason{Measure::first_step, 0, 0}).to_string(), "first_step");
  EXPECT_EQ((Reason{Measure::margin, 0.701F, 0.702F}).to_string(), "margin 0.701000 < 0.702000");
}

TEST(Decision, EitherRunsOrAnswers) {
  const Decision run = Decision::run(PathId{3}, {Measure::margin, 0.1F, 0.7F});
  EXPECT_FALSE(run.answers());
  EXPECT_EQ(run.path(), PathId{3});
  const Decision answer = Decision::answer(evidence(1, 0.9F));
  EXPECT_TRUE(answer.answers());
  EXPECT_EQ(answer.path(), PathId{1});
}

TEST(RunRecord, ExplainsItselfByItsLastReason) {
  RunRecord record;
  record.decided = {Measure::margin, 0.93F, 0.71F};
  EXPECT_EQ(record.reason(), "margin 0.93 >= 0.71");
}

}  // namespace
}  // namespace rheo

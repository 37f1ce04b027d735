// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <array>
#include <limits>

#include <rheo/path.h>

namespace rheo {
namespace {

Ladder::Rung rung(Precision precision, const std::string& exit, int exit_index, double latency_us) {
  PathProfile profile;
  profile.latency_us = latency_us;
  return {Path{precision, exit, exit_index}, profile};
}

std::vector<Ladder::Rung> four_rungs() {
  return {rung(Precision::int8, "exit1", 0, 100), rung(Precision::int8, "exit2", 1, 250),
          rung(Precision::f32, "exit1", 0, 400), rung(Precision::f32, "final", 2, 1000)};
}

TEST(Path, IsNamedByExitAndPrecision) {
  EXPECT_EQ((Path{Precision::int8, "exit1", 0}).name(), "exit1.int8");
  for (const Precision precision : {Precision::f32, Precision::bf16, Precision::int8}) {
    EXPECT_EQ(*precision_from_name(name_of(precision)), precision);
  }
  EXPECT_EQ(precision_from_name("fp32").status().message(),
            "There is no precision \"fp32\"; the precisions are f32, bf16, int8, mixed.");
}

TEST(Path, NamesItsModelAndTheSizeOfItsPictures) {
  const Path small{.precision = Precision::mixed, .exit = "final", .variant = "lite0", .resolution = {160, 160}};
  EXPECT_EQ(small.name(), "lite0:final.mixed@160");
  EXPECT_EQ(small.plan_name(), "lite0:mixed@160");
  EXPECT_EQ((Path{.exit = "final", .resolution = {160, 120}}).name(), "final.f32@160x120");
  EXPECT_EQ((Path{Precision::int8, "exit1", 0}).plan_name(), "int8");
}

TEST(Path, OnlyTheExitMayDifferInOnePlan) {
  const Path early{.precision = Precision::int8, .exit = "exit1", .variant = "a", .resolution = {8, 8}};
  Path deep = early;
  deep.exit = "final";
  deep.exit_index = 1;
  EXPECT_TRUE(deep.shares_plan(early));
  EXPECT_TRUE(deep.resumes(early));
  EXPECT_FALSE(early.resumes(deep));
  Path other = deep;
  other.variant = "b";
  EXPECT_FALSE(other.resumes(early)) << "nothing is resumed between models";
  other = deep;
  other.resolution = {};
  EXPECT_FALSE(other.resumes(early)) << "nor between sizes";
  other = deep;
  other.precision = Precision::mixed;
  EXPECT_FALSE(other.resumes(early));
}

TEST(Resolution, IsWrittenAsItIsRead) {
  for (const Resolution size : {Resolution{160, 160}, Resolution{160, 120}, Resolution{1, 1}}) {
    EXPECT_EQ(resolution_from_text(size.to_string()).value(), size);
  }
  for (const char* text : {"", "0", "-160", "160x", "x160", "160x120x3", "large", "160 ", "99999999999"}) {
    EXPECT_EQ(resolution_from_text(text).status().code(), StatusCode::invalid_argument) << text;
  }
}

TEST(Ladder, KeepsTheOrderAndFindsByName) {
  const Result<Ladder> ladder = Ladder::create(four_rungs());
  ASSERT_TRUE(ladder.ok()) << ladder.status().message();
  EXPECT_EQ(ladder->size(), 4U);
  EXPECT_EQ(ladder->name(ladder->cheapest()), "exit1.int8");
  EXPECT_EQ(ladder->name(ladder->reference()), "final.f32");
  EXPECT_EQ(*ladder->find("exit2.int8"), PathId{1});
  const Result<PathId> unknown = ladder->find("exit9.int8");
  EXPECT_EQ(unknown.status().code(), StatusCode::not_found);
  EXPECT_EQ(unknown.status().message(),
            "There is no path \"exit9.int8\"; the paths are exit1.int8, exit2.int8, exit1.f32, final.f32.");
}

TEST(Ladder, RefusesWhatIsNoLadder) {
  EXPECT_FALSE(Ladder::create({}).ok());
  std::vector<Ladder::Rung> too_many;
  for (int i = 0; i <= static_cast<int>(kMaxPaths); ++i) {
    too_many.push_back(rung(Precision::f32, "exit" + std::to_string(i), i, i));
  }
  EXPECT_FALSE(Ladder::create(too_many).ok());
  too_many.pop_back();
  EXPECT_TRUE(Ladder::create(too_many).ok());

  std::vector<Ladder::Rung> twice = four_rungs();
  twice.insert(twice.begin(), twice.front());
  EXPECT_NE(Ladder::create(twice).status().message().find("exit1.int8 is in the ladder twice"), std::string::npos);

  std::vector<Ladder::Rung> disagreeing = four_rungs();
  disagreeing[2].path.exit_index = 1;
  EXPECT_FALSE(Ladder::create(disagreeing).ok());

  std::vector<Ladder::Rung> nameless = four_rungs();
  nameless[0].path.exit.clear();
  EXPECT_FALSE(Ladder::create(nameless).ok());
}

TEST(Ladder, MustEndOnTheDeepestExitInF32) {
  EXPECT_FALSE(Ladder::create({rung(Precision::f32, "final", 2, 1000), rung(Precision::f32, "exit1", 0, 400)}).ok());
  EXPECT_FALSE(Ladder::create({rung(Precision::int8, "final", 2, 400)}).ok());
  EXPECT_TRUE(Ladder::create({rung(Precision::f32, "final", 2, 1000)}).ok());
  Ladder::Rung small = rung(Precision::f32, "final", 2, 400);
  small.path.resolution = {8, 8};
  EXPECT_FALSE(Ladder::create({small}).ok()) << "the reference looks at the whole picture";
  EXPECT_TRUE(Ladder::create({small, rung(Precision::f32, "final", 2, 1000)}).ok());
  small.path.resolution = {8, 0};
  EXPECT_FALSE(Ladder::create({small, rung(Precision::f32, "final", 2, 1000)}).ok());
}

TEST(Ladder, ModelsHaveExitsOfTheirOwn) {
  Ladder::Rung small = rung(Precision::f32, "last", 3, 100);
  small.path.variant = "small";
  Ladder::Rung large = rung(Precision::f32, "final", 0, 1000);
  large.path.variant = "large";
  const Result<Ladder> ladder = Ladder::create({small, large});
  ASSERT_TRUE(ladder.ok()) << ladder.status().message();
  EXPECT_EQ(ladder->name(ladder->reference()), "large:final.f32");
  EXPECT_EQ(ladder->remaining_us(ladder->reference(), std::array{PathId{0}}), 1000.0);
}

TEST(Ladder, RefusesProfilesThatAreNoNumbers) {
  for (const double latency_us :
       {-1.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    EXPECT_FALSE(Ladder::create({rung(Precision::f32, "final", 2, latency_us)}).ok()) << latency_us;
  }
  Ladder::Rung cold = rung(Precision::f32, "final", 2, 1);
  cold.profile.temperature = 0;
  EXPECT_FALSE(Ladder::create({cold}).ok());
}

TEST(Ladder, ResumingCostsTheDifference) {
  const Ladder ladder = *Ladder::create(four_rungs());
  const PathId exit1_int8 = *ladder.find("exit1.int8");
  const PathId exit2_int8 = *ladder.find("exit2.int8");
  const PathId exit1_f32 = *ladder.find("exit1.f32");
  EXPECT_EQ(ladder.remaining_us(exit2_int8, {}), 250.0);
  EXPECT_EQ(ladder.remaining_us(exit2_int8, std::array{exit1_int8}), 150.0);
  EXPECT_EQ(ladder.remaining_us(exit2_int8, std::array{exit1_f32}), 250.0);
  // The deepest path that can be resumed counts, whatever the order.
  EXPECT_EQ(ladder.remaining_us(ladder.reference(), std::array{exit1_f32, exit2_int8}), 600.0);
  EXPECT_EQ(ladder.remaining_us(ladder.reference(), std::array{exit2_int8, exit1_int8}), 1000.0);
}

TEST(Ladder, NoStepTakesLessThanNoTime) {
  std::vector<Ladder::Rung> crossing = four_rungs();
  crossing[0].profile.latency_us = 300;
  const Ladder ladder = *Ladder::create(crossing);
  EXPECT_EQ(ladder.remaining_us(PathId{1}, std::array{PathId{0}}), 0.0);
}

}  // namespace
}  // namespace rheo

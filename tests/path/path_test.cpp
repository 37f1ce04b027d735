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
            "There is no precision \"fp32\"; the precisions are f32, bf16, int8.");
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

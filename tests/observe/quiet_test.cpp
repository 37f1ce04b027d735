// SPDX-License-Identifier: Apache-2.0
// The verdict on a machine: what is quiet, what is not, and that a busy neighbour is seen.
#include "observe/quiet.h"

#include <gtest/gtest.h>

#include <limits>

namespace rheo {
namespace {

TEST(Quiet, OnlyWhatIsWithinEveryLimitIsQuiet) {
  EXPECT_TRUE(Quiet{}.quiet());
  EXPECT_FALSE(Quiet{.others = 0.2}.quiet());
  EXPECT_FALSE(Quiet{.stolen = 0.2}.quiet());
  EXPECT_FALSE(Quiet{.slowest_loop = 1.5}.quiet());
  EXPECT_FALSE(Quiet{.put_aside = 500}.quiet());
  EXPECT_TRUE((Quiet{.put_aside = 500, .neighbours = 1}.quiet()));                  // put aside by our own
  EXPECT_FALSE(Quiet{.others = std::numeric_limits<double>::quiet_NaN()}.quiet());  // what could not be read
}

TEST(Quiet, TheLineBeginsWithTheVerdict) {
  EXPECT_TRUE(Quiet{}.to_string().starts_with("quiet: "));
  EXPECT_TRUE(Quiet{.others = 0.2}.to_string().starts_with("NOT QUIET: others kept 0.20"));
}

TEST(QuietWatch, ItsNumbersArePossible) {
  FastestLoop fastest;
  QuietWatch watch(fastest);
  const Quiet quiet = watch.verdict();
  EXPECT_GT(quiet.wall_s, 0);
  EXPECT_GE(quiet.others, 0);
  EXPECT_GE(quiet.slowest_loop, 1);
  EXPECT_LT(fastest.us, std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
#include "adapt/resplit.h"

#include <gtest/gtest.h>

#include "support/simulated_table.h"

namespace rheo {
namespace {

using testing_support::Precisions;

class ResplitTest : public testing::Test {
 protected:
  ResplitTest() {
    options.rounds = 20;
    options.tuning_inputs = 1000;
    options.certification_inputs = 1000;
    options.policies = 4;
    options.max_disagreement = 0.02;
  }

  const Ladder ladder = testing_support::simulated_ladder(Precisions::f32_only);
  const AgreementTable table = testing_support::simulated_table(ladder, 4000, 8);
  ResplitOptions options;
};

TEST_F(ResplitTest, KeepsItsPromiseAndStillSaves) {
  const ResplitResult result = resplit_study(table, ladder, options).value();
  EXPECT_EQ(result.rounds, 20);
  EXPECT_GT(result.shipped, 10);
  EXPECT_LE(result.violations, 3);
  EXPECT_LE(result.true_violations, 2);
  EXPECT_LT(result.mean_cost_us, 300);
  EXPECT_LT(result.mean_disagreement, 0.02);
  const ResplitResult again = resplit_study(table, ladder, options).value();
  EXPECT_EQ(again.mean_cost_us, result.mean_cost_us);
}

TEST_F(ResplitTest, MayBeStopped) {
  options.keep_going = [](int round) { return round < 2; };
  EXPECT_EQ(resplit_study(table, ladder, options).status().code(), StatusCode::cancelled);
}

TEST_F(ResplitTest, RefusesHalvesThatLeaveNothing) {
  options.certification_inputs = 3000;
  EXPECT_EQ(resplit_study(table, ladder, options).status().code(), StatusCode::invalid_argument);
  options.certification_inputs = 100;  // too few to certify 2 % at 97.5 %
  EXPECT_EQ(resplit_study(table, ladder, options).status().code(), StatusCode::invalid_argument);
  options.certification_inputs = 1000;
  const Ladder other = testing_support::simulated_ladder(Precisions::int8_and_f32);
  EXPECT_EQ(resplit_study(table, other, options).status().code(), StatusCode::invalid_argument);
}

}  // namespace
}  // namespace rheo

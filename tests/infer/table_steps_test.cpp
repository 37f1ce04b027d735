// SPDX-License-Identifier: Apache-2.0
#include "infer/table_steps.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "support/simulated_table.h"

namespace rheo {
namespace {

using testing_support::Precisions;

TEST(TableSteps, LooksEvidenceUpAndChargesOnlyWhatIsLeft) {
  const Ladder ladder = testing_support::simulated_ladder(Precisions::int8_and_f32);
  const AgreementTable table = testing_support::simulated_table(ladder, 5, 1);
  TableSteps steps(table, ladder);
  EXPECT_TRUE(std::isinf(steps.remaining_us()));
  Item item;
  item.index = 3;
  const std::array<Item*, 1> items = {&item};
  for (const char* name : {"exit1.int8", "exit2.int8", "exit2.f32", "final.f32"}) {
    item.next = ladder.find(name).value();
    ASSERT_TRUE(steps.take(items).ok());
    EXPECT_EQ(item.evidence.back().path, item.next);
    EXPECT_EQ(item.evidence.back().answer, table.evidence(item.next, 3).answer);
  }
  EXPECT_NEAR(item.evidence[0].cost_us, 8, 1e-9);
  EXPECT_NEAR(item.evidence[1].cost_us, 56.0 / 3 - 8, 1e-9);
  EXPECT_NEAR(item.evidence[2].cost_us, 56, 1e-9);  // another precision starts over
  EXPECT_NEAR(item.evidence[3].cost_us, 400 - 56, 1e-9);
}

TEST(TableSteps, ARowThatDoesNotExistIsAnError) {
  const Ladder ladder = testing_support::simulated_ladder(Precisions::f32_only);
  const AgreementTable table = testing_support::simulated_table(ladder, 5, 1);
  TableSteps steps(table, ladder);
  Item item;
  const std::array<Item*, 1> items = {&item};
  for (const int row : {-1, 5}) {
    item.index = row;
    EXPECT_EQ(steps.take(items).code(), StatusCode::invalid_argument);
  }
  EXPECT_TRUE(item.evidence.empty());
}

}  // namespace
}  // namespace rheo

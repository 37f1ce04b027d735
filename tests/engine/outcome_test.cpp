// SPDX-License-Identifier: Apache-2.0
#include "engine/outcome.h"

#include <gtest/gtest.h>

namespace rheo {
namespace {

std::shared_ptr<SlotPool> make_pool() {
  return std::make_shared<SlotPool>(
      std::make_shared<const std::vector<TensorInfo>>(1, TensorInfo{"output", DType::f32, {1, 2}}));
}

TEST(SlotPool, ReusesSlotsThatWereGivenBack) {
  const auto pool = make_pool();
  Outcome::Slot* first = pool->acquire(8);
  { const Outcome outcome(first); }
  EXPECT_EQ(pool->acquire(8), first);
  Outcome again(first);
  Outcome::Slot* second = pool->acquire(8);
  EXPECT_NE(second, first);
  pool->release(second);
}

TEST(SlotPool, LivesAsLongAsTheLastOutcome) {
  auto pool = make_pool();
  const std::weak_ptr<SlotPool> watch = pool;
  {
    Outcome outcome(pool->acquire(8));
    pool.reset();
    EXPECT_FALSE(watch.expired());
    Outcome moved = std::move(outcome);
    EXPECT_EQ(moved.output_count(), 0u);
  }
  EXPECT_TRUE(watch.expired());
}

TEST(Outcome, AssignmentSwapsSoThatNothingLeaks) {
  const auto pool = make_pool();
  Outcome a(pool->acquire(8));
  Outcome b(pool->acquire(8));
  a = std::move(b);
  EXPECT_EQ(a.output_count(), 0u);
  EXPECT_EQ(a.output(3).data(), nullptr);
}

TEST(Outcome, AnAbsentOutputIsAnEmptyViewAndASentence) {
  const auto pool = std::make_shared<SlotPool>(std::make_shared<const std::vector<TensorInfo>>(
      std::vector<TensorInfo>{{"words", DType::f32, {1, 2}}, {"pooled", DType::f32, {1, 2}}}));
  Outcome outcome(pool->acquire(8));
  outcome.slot().outputs = {TensorView(outcome.slot().owned.data(), DType::f32, {1, 2}), TensorView()};
  EXPECT_TRUE(outcome.output("words").ok());
  EXPECT_EQ(outcome.output_count(), 2u);
  EXPECT_EQ(outcome.output(1).data(), nullptr);
  const Status absent = outcome.output("pooled").status();
  EXPECT_EQ(absent.code(), StatusCode::not_found);
  EXPECT_NE(absent.message().find("'pooled' is absent"), std::string::npos) << absent.message();
  EXPECT_NE(outcome.output("none").status().message().find("words, pooled"), std::string::npos);
}

}  // namespace
}  // namespace rheo

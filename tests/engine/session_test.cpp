// SPDX-License-Identifier: Apache-2.0
#include "engine/session.h"

#include <gtest/gtest.h>

#include <array>

#include "engine/sample_engine.h"
#include "support/allocation_count.h"

namespace rheo {
namespace {

using namespace testing;

class SessionTest : public ::testing::Test {
 protected:
  const Package package = sample_package();
  const std::shared_ptr<PlanSet> plans =
      PlanSet::create(package.graph, {}, std::array{Precision::f32, Precision::bf16}, {}).value();
  SessionPool pool{plans, std::make_shared<const Ladder>(package.ladder), 1};
};

TEST_F(SessionTest, HasRoomForAsManyItemsAsItWasMadeFor) {
  const auto session = Session::create(plans, package.ladder, 3, 2).value();
  EXPECT_EQ(session->steps->capacity(), 3);
  EXPECT_EQ(session->items.size(), 3u);
  EXPECT_EQ(session->active.size(), 3u);
  ASSERT_EQ(session->views.size(), 2u);
  EXPECT_EQ(session->views[1].size(), 3u);
  EXPECT_EQ(session->pool, nullptr);  // one thread per request needs none
}

TEST_F(SessionTest, TheSmallestPreparedCapacityServes) {
  EXPECT_EQ(pool.prepared_capacity(1), 0);
  ASSERT_TRUE(pool.prepare(4).ok());
  ASSERT_TRUE(pool.prepare(2).ok());
  EXPECT_EQ(pool.prepared_capacity(1), 2);
  EXPECT_EQ(pool.prepared_capacity(3), 4);
  EXPECT_EQ(pool.prepared_capacity(5), 0);
}

TEST_F(SessionTest, ASessionThatWasGivenBackIsUsedAgainWithoutAllocating) {
  ASSERT_TRUE(pool.prepare(1).ok());
  const std::size_t bytes = pool.frames_bytes();
  const std::size_t before = allocation_count();
  auto first = pool.acquire(1).value();
  const Session* address = first.get();
  pool.release(std::move(first));
  EXPECT_EQ(allocation_count(), before);
  auto again = pool.acquire(1).value();
  EXPECT_EQ(again.get(), address);
  EXPECT_EQ(pool.frames_bytes(), bytes);
  // Busy: a second one is made, and counted.
  auto second = pool.acquire(1).value();
  EXPECT_NE(second.get(), address);
  EXPECT_EQ(pool.frames_bytes(), 2 * bytes);
  pool.release(std::move(again));
  pool.release(std::move(second));
}

}  // namespace
}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
#include "engine/size_cache.h"

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <future>
#include <new>
#include <thread>

#include "engine/sample_engine.h"

namespace rheo {
namespace {

using namespace testing;

SizeCache::Made make_core() { return EngineCore::create(sample_package(), {}); }

std::size_t core_bytes() {
  static const std::size_t bytes = make_core().value()->held_bytes();
  return bytes;
}

TEST(SizeCache, KeepsWhatWasUsedLast) {
  SizeCache cache(2 * core_bytes());
  const auto first = cache.get({1}, make_core).value();
  const auto second = cache.get({2}, make_core).value();
  EXPECT_EQ(cache.ready({1}), first) << "used again";
  const auto third = cache.get({3}, make_core).value();
  EXPECT_EQ(cache.cores().size(), 2U);
  EXPECT_EQ(cache.ready({2}), nullptr);
  EXPECT_EQ(cache.ready({1}), first);
  EXPECT_EQ(cache.ready({3}), third);
  EXPECT_EQ(second.use_count(), 1) << "whoever got it may use it on, and nobody else has it";
  cache.clear();
  EXPECT_TRUE(cache.cores().empty());
  EXPECT_EQ(first.use_count(), 1);
}

TEST(SizeCache, WhatIsLargerThanTheLimitIsHandedOutAndNotKept) {
  SizeCache cache(core_bytes() - 1);
  EXPECT_EQ(cache.get({1}, make_core).value().use_count(), 1);
  EXPECT_TRUE(cache.cores().empty());
}

TEST(SizeCache, AFailureReachesTheCallerAndIsNotRemembered) {
  SizeCache cache(SIZE_MAX);
  const auto fail = [] { return SizeCache::Made(Status(StatusCode::unsupported, "No.")); };
  EXPECT_EQ(cache.get({1}, fail).status().code(), StatusCode::unsupported);
  EXPECT_TRUE(cache.get({1}, make_core).ok());
}

TEST(SizeCache, ManyWaitForOneThatIsMadeOnceAndNobodyElseWaits) {
  SizeCache cache(SIZE_MAX);
  std::promise<void> go;
  const std::shared_future<void> gone = go.get_future().share();
  std::promise<void> begun;
  std::atomic<int> made = 0;
  const auto slow = [&] {
    begun.set_value();
    gone.wait();
    ++made;
    return make_core();
  };
  std::vector<std::thread> threads;
  std::vector<std::shared_ptr<EngineCore>> got(3);
  threads.emplace_back([&] { got[0] = cache.get({1}, slow).value(); });
  begun.get_future().wait();
  for (std::size_t i = 1; i < 3; ++i) threads.emplace_back([&, i] { got[i] = cache.get({1}, make_core).value(); });
  EXPECT_TRUE(cache.get({2}, make_core).ok()) << "of another size";
  EXPECT_NE(cache.ready({2}), nullptr);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));  // lets the others wait; without it they just find it
  go.set_value();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(made, 1);
  EXPECT_EQ(got[1], got[0]);
  EXPECT_EQ(got[2], got[0]);
}

TEST(SizeCache, WhoeverWaitsHearsOfAMakerThatThrew) {
  SizeCache cache(SIZE_MAX);
  std::promise<void> begun, go;
  const auto throws = [&]() -> SizeCache::Made {
    begun.set_value();
    go.get_future().wait();
    throw std::bad_alloc();
  };
  std::thread maker([&] { EXPECT_THROW((void)cache.get({1}, throws), std::bad_alloc); });
  begun.get_future().wait();
  std::thread waiter([&] { (void)cache.get({1}, make_core); });  // by the failure, or by making it itself
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  go.set_value();
  maker.join();
  waiter.join();
  EXPECT_TRUE(cache.get({1}, make_core).ok()) << "and the next one makes it again";
}

// Each of those who come at once counts what is there, not what another has given back meanwhile.
TEST(SizeCache, ManyMakersAtOnceLeaveAsMuchAsTheLimitAllows) {
  constexpr std::int64_t kMakers = 16;
  std::vector<std::shared_ptr<EngineCore>> ahead;
  for (std::int64_t i = 0; i < kMakers; ++i) ahead.push_back(make_core().value());
  for (int round = 0; round < 300; ++round) {
    SizeCache cache(2 * core_bytes());
    std::barrier all_made(kMakers);
    std::vector<std::thread> threads;
    for (std::int64_t i = 0; i < kMakers; ++i) {
      threads.emplace_back([&, i] {
        (void)cache.get({i + 1}, [&]() -> SizeCache::Made {
          all_made.arrive_and_wait();
          return ahead[static_cast<std::size_t>(i)];
        });
      });
    }
    for (std::thread& thread : threads) thread.join();
    ASSERT_EQ(cache.cores().size(), 2U) << "round " << round;
  }
}

}  // namespace
}  // namespace rheo

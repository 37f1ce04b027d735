// SPDX-License-Identifier: Apache-2.0
// The loop that times: how often it calls, in which order, and when it ends.
#include "cli/measuring.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <latch>
#include <mutex>
#include <set>
#include <thread>

namespace rheo {
namespace {

using cli::Call;
using cli::measure;
using cli::Pace;

TEST(Measuring, ContendersTakeTurnsAndWarmUpIsNotCounted) {
  std::vector<std::pair<char, std::int64_t>> order;
  const auto noting = [&order](char name) {
    return [&order, name](int caller, std::int64_t number) {
      EXPECT_EQ(caller, 0);
      order.emplace_back(name, number);
      return Status();
    };
  };
  const std::vector<Call> calls = {noting('a'), noting('b')};
  const auto series = measure(calls, {.warmup = 1, .calls = 2}).value();
  ASSERT_EQ(series.size(), 2u);
  EXPECT_EQ(series[0].call_us.size(), 2u);
  EXPECT_EQ(series[1].call_us.size(), 2u);
  const decltype(order) expected = {{'a', -1}, {'b', -1}, {'a', 0}, {'b', 0}, {'a', 1}, {'b', 1}};
  EXPECT_EQ(order, expected);
}

TEST(Measuring, TheClockSeesTheCallAndNotWhatComesAfterIt) {
  const Call sleeps = [](int, std::int64_t) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return Status();
  };
  int after = 0;
  Pace pace{.warmup = 2, .calls = 3};
  pace.after = [&after](std::size_t contender) {
    EXPECT_EQ(contender, 0u);
    ++after;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    return Status();
  };
  const auto series = measure({&sleeps, 1}, pace).value();
  EXPECT_EQ(after, 3);
  EXPECT_GE(*std::min_element(series[0].call_us.begin(), series[0].call_us.end()), 5000);
  EXPECT_GE(series[0].wall_s, 0.015);
  EXPECT_LT(series[0].wall_s, 0.150);  // three pauses would be in it otherwise
}

TEST(Measuring, ADurationEndsIt) {
  std::atomic<int> calls = 0;
  const Call sleeps = [&calls](int, std::int64_t) {
    ++calls;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    return Status();
  };
  const auto series = measure({&sleeps, 1}, {.warmup = 0, .duration_s = 0.02}).value();
  EXPECT_GE(series[0].wall_s, 0.02);
  EXPECT_GE(calls, 1);
  EXPECT_LE(calls, 10);
  const auto counted = measure({&sleeps, 1}, {.warmup = 0, .calls = 2, .duration_s = 3600}).value();
  EXPECT_EQ(counted[0].call_us.size(), 2u);
}

TEST(Measuring, CallersRunAtOnceAndShareTheCount) {
  std::mutex mutex;
  std::set<int> callers;
  std::latch both(2);
  std::atomic<bool> first = true;
  const Call meets = [&](int caller, std::int64_t number) {
    if (number == 0 && first) both.arrive_and_wait();  // ends only when two are inside
    const std::lock_guard lock(mutex);
    if (callers.insert(caller).second && callers.size() == 2) first = false;
    return Status();
  };
  const auto series = measure({&meets, 1}, {.warmup = 0, .calls = 40, .callers = 2}).value();
  EXPECT_EQ(callers, (std::set<int>{0, 1}));
  EXPECT_EQ(series[0].call_us.size(), 40u);
}

TEST(Measuring, TheFirstFailureEndsIt) {
  int calls = 0;
  const Call fails = [&calls](int, std::int64_t number) {
    ++calls;
    return number == 1 ? Status(StatusCode::policy_failed, "Enough.") : Status();
  };
  const auto failed = measure({&fails, 1}, {.warmup = 1, .calls = 100});
  EXPECT_EQ(failed.status().code(), StatusCode::policy_failed);
  EXPECT_EQ(calls, 3);
}

TEST(Measuring, AStopEndsIt) {
  std::stop_source source;
  const Call stops = [&source](int, std::int64_t) {
    source.request_stop();
    return Status();
  };
  const auto stopped = measure({&stops, 1}, {.warmup = 0, .duration_s = 3600, .stop = source.get_token()});
  EXPECT_EQ(stopped.status().code(), StatusCode::cancelled);
}

TEST(Measuring, WhatWouldNeverEndIsRefused) {
  const Call call = [](int, std::int64_t) { return Status(); };
  EXPECT_EQ(measure({&call, 1}, {}).status().code(), StatusCode::invalid_argument);
  EXPECT_EQ(measure({&call, 1}, {.calls = 1, .callers = 0}).status().code(), StatusCode::invalid_argument);
}

TEST(Measuring, QuantilesAreOfTheSortedValues) {
  const std::vector<double> values = {1, 2, 3, 4, 5};
  EXPECT_EQ(cli::quantile(values, 0), 1);
  EXPECT_EQ(cli::quantile(values, 0.5), 3);
  EXPECT_EQ(cli::quantile(values, 0.999), 5);
}

}  // namespace
}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
#include "base/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <thread>
#include <vector>

namespace rheo {
namespace {

TEST(ThreadPool, RunsEveryChunkOnce) {
  for (const int threads : {0, 1, 2, 4}) {
    ThreadPool pool(threads);
    for (const int chunks : {0, 1, 2, 3, 64, 1000}) {
      std::vector<int> counts(static_cast<std::size_t>(chunks), 0);  // not atomic: each chunk belongs to one thread
      pool.for_each(chunks, [&](int chunk) { ++counts[static_cast<std::size_t>(chunk)]; });
      EXPECT_EQ(counts, std::vector<int>(counts.size(), 1)) << threads << " threads, " << chunks << " chunks";
    }
  }
}

TEST(ThreadPool, CountsTheCaller) {
  EXPECT_EQ(ThreadPool(0).threads(), 1);
  EXPECT_EQ(ThreadPool(1).threads(), 1);
  EXPECT_EQ(ThreadPool(3).threads(), 3);
}

TEST(ThreadPool, UsesASecondThread) {
  ThreadPool pool(2);
  // Chunk 0 waits for chunk 1, so the run can only end when another thread takes one of them.
  std::atomic<int> started = 0;
  pool.for_each(2, [&](int) {
    ++started;
    while (started.load() < 2) std::this_thread::yield();
  });
  EXPECT_EQ(started.load(), 2);
}

TEST(ThreadPool, ASecondCallerWorksAlone) {
  ThreadPool pool(2);
  std::atomic<bool> second_done = false;
  std::atomic<bool> first_inside = false;
  std::thread second([&] {
    while (!first_inside.load()) std::this_thread::yield();
    const std::thread::id self = std::this_thread::get_id();
    bool alone = true;
    pool.for_each(16, [&](int) { alone = alone && std::this_thread::get_id() == self; });
    EXPECT_TRUE(alone);
    second_done = true;
  });
  // The first caller holds the pool until the second one has finished all of its chunks.
  pool.for_each(2, [&](int) {
    first_inside = true;
    while (!second_done.load()) std::this_thread::yield();
  });
  second.join();
}

TEST(ThreadPool, AChunkMayRunAPoolOfChunks) {
  ThreadPool pool(2);
  std::atomic<int> inner = 0;
  pool.for_each(4, [&](int) { pool.for_each(8, [&](int) { ++inner; }); });
  EXPECT_EQ(inner.load(), 32);
}

TEST(ThreadPool, ResultsAreVisibleToTheCaller) {
  ThreadPool pool(4);
  std::vector<int> values(256, 0);
  for (int round = 1; round <= 2000; ++round) {
    pool.for_each(static_cast<int>(values.size()), [&](int chunk) { values[static_cast<std::size_t>(chunk)] = round; });
    ASSERT_EQ(values, std::vector<int>(values.size(), round));
  }
}

TEST(ThreadPool, WakingChangesNoJob) {
  ThreadPool(1).wake();
  ThreadPool pool(3);
  std::atomic<bool> done = false;
  std::thread impatient([&] {
    while (!done.load()) pool.wake();
  });
  for (int round = 0; round < 2000; ++round) {
    std::vector<int> counts(7, 0);
    pool.for_each(7, [&](int chunk) { ++counts[static_cast<std::size_t>(chunk)]; });
    ASSERT_EQ(counts, std::vector<int>(7, 1));
  }
  done = true;
  impatient.join();
}

TEST(ThreadPool, ManyCallersShareOnePool) {
  ThreadPool pool(3);
  std::atomic<int> total = 0;
  std::vector<std::thread> callers;
  for (int i = 0; i < 4; ++i) {
    callers.emplace_back([&] {
      for (int round = 0; round < 500; ++round) pool.for_each(7, [&](int) { ++total; });
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(total.load(), 4 * 500 * 7);
}

TEST(ThreadPool, WakesWorkersThatFellAsleep) {
  ThreadPool pool(2);
  for (int round = 0; round < 5; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    std::atomic<int> started = 0;
    pool.for_each(2, [&](int) {
      ++started;
      while (started.load() < 2) std::this_thread::yield();
    });
  }
}

TEST(ThreadPool, WorkersTakeNoSignals) {
  ThreadPool pool(2);
  std::atomic<int> started = 0;
  std::atomic<bool> masked = true;
  const std::thread::id caller = std::this_thread::get_id();
  pool.for_each(2, [&](int) {
    ++started;
    while (started.load() < 2) std::this_thread::yield();
    if (std::this_thread::get_id() == caller) return;
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    masked = sigismember(&mask, SIGINT) == 1;
  });
  EXPECT_TRUE(masked.load());
}

}  // namespace
}  // namespace rheo

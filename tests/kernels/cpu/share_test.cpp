// SPDX-License-Identifier: Apache-2.0
// Who does which part of an op: tests kernels/cpu/share.h and loop_kernel.cpp.
#include "kernels/cpu/share.h"

#include <gtest/gtest.h>

#include <mutex>
#include <vector>

#include "kernels/cpu/loop_kernel.h"

namespace rheo {
namespace {

using Range = std::pair<std::int64_t, std::int64_t>;

std::vector<Range> ranges_of(ThreadPool* pool, int chunks, std::int64_t units) {
  std::mutex mutex;
  std::vector<Range> ranges;
  share(pool, chunks, units, [&](std::int64_t begin, std::int64_t end) {
    const std::lock_guard lock(mutex);
    ranges.emplace_back(begin, end);
  });
  std::sort(ranges.begin(), ranges.end());
  return ranges;
}

TEST(Share, CoversAllUnitsOnce) {
  ThreadPool pool(3);
  EXPECT_EQ(ranges_of(&pool, 4, 10), (std::vector<Range>{{0, 2}, {2, 5}, {5, 7}, {7, 10}}));
  EXPECT_EQ(ranges_of(&pool, 4, 2), (std::vector<Range>{{0, 1}, {1, 2}}));
  EXPECT_EQ(ranges_of(&pool, 4, 0), (std::vector<Range>{{0, 0}}));
  EXPECT_EQ(ranges_of(nullptr, 4, 10), (std::vector<Range>{{0, 10}}));
}

int chunks_run(const LoopSettings& settings) {
  std::mutex mutex;
  int calls = 0;
  const auto kernel = make_loop_kernel(settings, [&](const Buffers&, std::int64_t, std::int64_t) {
    const std::lock_guard lock(mutex);
    ++calls;
  });
  ThreadPool pool(2);
  EXPECT_TRUE(kernel->bind({}).value()->run(&pool).ok());
  return calls;
}

TEST(LoopKernel, SplitsOnlyWhatIsLargeAndWasAskedToBeSplit) {
  EXPECT_EQ(chunks_run({.implementation = "own:test", .parts = 100, .bytes = 1 << 20, .threads = 2}), 4);
  EXPECT_EQ(chunks_run({.implementation = "own:test", .parts = 3, .bytes = 1 << 20, .threads = 2}), 3);
  EXPECT_EQ(chunks_run({.implementation = "own:test", .parts = 100, .bytes = 1000, .threads = 2}), 1);
  EXPECT_EQ(chunks_run({.implementation = "own:test", .parts = 100, .bytes = 1 << 20, .threads = 1}), 1);
}

}  // namespace
}  // namespace rheo

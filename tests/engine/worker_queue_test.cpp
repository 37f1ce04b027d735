// SPDX-License-Identifier: Apache-2.0
#include "engine/worker_queue.h"

#include <gtest/gtest.h>

#include <atomic>

namespace rheo {
namespace {

TEST(WorkerQueue, ServesEveryTaskBeforeItEnds) {
  std::atomic<int> served{0};
  {
    WorkerQueue queue(3);
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(queue.push([&served] { ++served; }).ok());
  }
  EXPECT_EQ(served.load(), 100);
}

TEST(WorkerQueue, EndsQuietlyWithoutTasks) { WorkerQueue queue(2); }

TEST(WorkerQueue, OneWorkerKeepsTheOrder) {
  std::vector<int> order;
  {
    WorkerQueue queue(1);
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(queue.push([&order, i] { order.push_back(i); }).ok());
  }
  for (int i = 0; i < 20; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
}

}  // namespace
}  // namespace rheo

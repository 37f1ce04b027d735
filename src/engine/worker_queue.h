// SPDX-License-Identifier: Apache-2.0
// Threads that serve `submit`. Started on first use; the destructor serves what is queued, then joins.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include <rheo/status.h>

namespace rheo {

class WorkerQueue {
 public:
  explicit WorkerQueue(int threads) : threads_(threads) {}
  ~WorkerQueue();
  WorkerQueue(const WorkerQueue&) = delete;
  WorkerQueue& operator=(const WorkerQueue&) = delete;

  // Calls `task` on a worker, first come first served. `task` must not throw. resource_exhausted when not a single
  // worker can be started: then `task` is dropped, uncalled.
  Status push(std::function<void()> task);

 private:
  bool start_workers();  // with mutex_ held; true when there is one at least
  void serve();

  const int threads_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_;  // guarded by mutex_
  bool ending_ = false;                      // guarded by mutex_
  std::vector<std::thread> workers_;         // guarded by mutex_ until ending
};

}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
#include "engine/worker_queue.h"

#include <pthread.h>

#include <csignal>
#include <system_error>
#include <utility>

namespace rheo {

WorkerQueue::~WorkerQueue() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

bool WorkerQueue::start_workers() {
  // The host's signals stay with the host's threads: workers inherit a full mask.
  sigset_t all_signals;
  sigset_t host_mask;
  sigfillset(&all_signals);
  pthread_sigmask(SIG_SETMASK, &all_signals, &host_mask);
  try {
    while (static_cast<int>(workers_.size()) < threads_) workers_.emplace_back([this] { serve(); });
  } catch (const std::system_error&) {
    // The system grants no more threads: those that there are serve, and the next push asks again.
  }
  pthread_sigmask(SIG_SETMASK, &host_mask, nullptr);
  return !workers_.empty();
}

Status WorkerQueue::push(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    if (static_cast<int>(workers_.size()) < threads_ && !start_workers()) {
      return {StatusCode::resource_exhausted, "The system grants no thread to serve submitted requests; use run."};
    }
    tasks_.push_back(std::move(task));
  }
  changed_.notify_one();
  return {};
}

void WorkerQueue::serve() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return ending_ || !tasks_.empty(); });
    if (tasks_.empty()) return;
    const std::function<void()> task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    task();
    lock.lock();
  }
}

}  // namespace rheo

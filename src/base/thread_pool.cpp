// SPDX-License-Identifier: Apache-2.0
#include "base/thread_pool.h"

#include <pthread.h>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <system_error>
#include <thread>
#include <vector>

#include "base/clock.h"

namespace rheo {
namespace {

constexpr std::int64_t kSpinNs = 50'000;

void relax_processor() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

// Waits until `word` differs from `old`: spins shortly, because the next op usually follows at once, then sleeps.
std::uint32_t wait_for_change(const std::atomic<std::uint32_t>& word, std::uint32_t old) {
  constexpr int kChecksPerClockRead = 32;
  const std::int64_t give_up_ns = now_ns() + kSpinNs;
  do {
    for (int i = 0; i < kChecksPerClockRead; ++i) {
      if (const std::uint32_t seen = word.load(std::memory_order_acquire); seen != old) return seen;
      relax_processor();
    }
  } while (now_ns() < give_up_ns);
  word.wait(old, std::memory_order_acquire);
  return word.load(std::memory_order_acquire);
}

}  // namespace

// One job at a time. Invariants:
// 1. `body`, `context` and `chunks` are written only while the job is closed and nobody is inside.
// 2. A worker reads them only after it went inside, which it can only do while the job is open.
// 3. The caller returns after it has closed the job and the last worker inside has left.
struct ThreadPool::State {
  static constexpr std::uint32_t kOpen = 1U << 31;

  std::atomic_flag busy;                      // a caller has the pool
  std::atomic<std::uint32_t> generation = 0;  // counts jobs; workers wait for it to change
  std::atomic<std::uint32_t> door = 0;        // kOpen, plus the number of workers inside
  std::atomic<int> next_chunk = 0;
  std::atomic<bool> stopping = false;
  int chunks = 0;
  Body body = nullptr;
  void* context = nullptr;
  std::vector<std::thread> workers;

  bool go_inside() {
    std::uint32_t seen = door.load(std::memory_order_relaxed);
    while ((seen & kOpen) != 0) {
      if (door.compare_exchange_weak(seen, seen + 1, std::memory_order_acquire, std::memory_order_relaxed)) return true;
    }
    return false;
  }

  void leave() {
    // Whoever leaves last through a closed door wakes the caller.
    if (door.fetch_sub(1, std::memory_order_release) == 1) door.notify_one();
  }

  void work() {
    for (int chunk = next_chunk.fetch_add(1, std::memory_order_relaxed); chunk < chunks;
         chunk = next_chunk.fetch_add(1, std::memory_order_relaxed)) {
      body(context, chunk);
    }
  }

  void serve() {
    std::uint32_t seen = 0;
    while (true) {
      seen = wait_for_change(generation, seen);
      if (stopping.load(std::memory_order_relaxed)) return;
      if (!go_inside()) continue;
      work();
      leave();
    }
  }
};

ThreadPool::ThreadPool(int threads) : threads_(1) {
  if (threads <= 1) return;
  state_ = std::make_unique<State>();
  state_->workers.reserve(static_cast<std::size_t>(threads - 1));
  // The host's signals stay with the host's threads: workers inherit a full mask.
  sigset_t all_signals;
  sigset_t host_mask;
  sigfillset(&all_signals);
  pthread_sigmask(SIG_SETMASK, &all_signals, &host_mask);
  try {
    for (; threads_ < threads; ++threads_) {
      state_->workers.emplace_back([state = state_.get()] { state->serve(); });
    }
  } catch (const std::system_error&) {
    // The system grants no more threads: the pool works with those it has, and threads() says how many.
  }
  pthread_sigmask(SIG_SETMASK, &host_mask, nullptr);
}

ThreadPool::~ThreadPool() {
  if (!state_) return;
  state_->stopping.store(true, std::memory_order_relaxed);
  state_->generation.fetch_add(1, std::memory_order_release);
  state_->generation.notify_all();
  for (std::thread& worker : state_->workers) worker.join();
}

void ThreadPool::wake() {
  if (!state_) return;
  // A new generation with the door closed: workers look, find no job, and wait again, spinning at first.
  state_->generation.fetch_add(1, std::memory_order_release);
  state_->generation.notify_all();
}

void ThreadPool::run(int chunks, Body body, void* context) {
  if (chunks <= 1 || threads_ == 1 || state_->busy.test_and_set(std::memory_order_acquire)) {
    for (int chunk = 0; chunk < chunks; ++chunk) body(context, chunk);
    return;
  }
  State& state = *state_;
  state.chunks = chunks;
  state.body = body;
  state.context = context;
  state.next_chunk.store(0, std::memory_order_relaxed);
  state.door.store(State::kOpen, std::memory_order_release);
  state.generation.fetch_add(1, std::memory_order_release);
  state.generation.notify_all();
  state.work();
  std::uint32_t inside = state.door.fetch_and(~State::kOpen, std::memory_order_acquire) & ~State::kOpen;
  while (inside != 0) inside = wait_for_change(state.door, inside);
  state.busy.clear(std::memory_order_release);
}

}  // namespace rheo

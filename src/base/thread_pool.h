// SPDX-License-Identifier: Apache-2.0
// Threads that split one op into chunks. Chunks are claimed from an atomic counter, so a thread that the system took
// away delays only the chunk it holds. Waiting spins for at most 50 microseconds, then sleeps on a futex.
// One caller at a time per pool; a second one runs its chunks alone, on its own thread.
#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>

namespace rheo {

class ThreadPool {
 public:
  // `threads` in total, the caller's included; 1 means no thread is started.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const { return threads_; }

  // Calls sleeping threads ahead of the first `run`: waking takes some ten microseconds, in which the caller can
  // prepare.
  void wake();

  // Calls body(context, chunk) for chunk in [0, chunks), on all threads; returns when all have finished.
  // Allocates nothing. `body` must not throw.
  using Body = void (*)(void* context, int chunk);
  void run(int chunks, Body body, void* context);

  // The same for a callable.
  template <typename F>
  void for_each(int chunks, F&& f) {
    run(
        chunks, [](void* context, int chunk) { (*static_cast<std::remove_reference_t<F>*>(context))(chunk); }, &f);
  }

 private:
  struct State;
  int threads_;
  std::unique_ptr<State> state_;
};

}  // namespace rheo

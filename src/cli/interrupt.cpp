// SPDX-License-Identifier: Apache-2.0
#include "cli/interrupt.h"

#include <atomic>
#include <chrono>
#include <csignal>
#include <thread>

namespace rheo::cli {

namespace {

// A signal handler may only touch lock-free atomics; a thread turns the flag into a stop request.
std::atomic<int> signals_seen{0};

void on_signal(int signal) {
  if (signals_seen.fetch_add(1) > 0) std::signal(signal, SIG_DFL);
}

std::stop_source& source() {
  static std::stop_source only;
  return only;
}

}  // namespace

void watch_interrupts() {
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
  source();
  std::thread([] {
    while (signals_seen.load() == 0) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    source().request_stop();
  }).detach();
}

std::stop_token interrupt_token() { return source().get_token(); }

}  // namespace rheo::cli

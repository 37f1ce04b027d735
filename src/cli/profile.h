// SPDX-License-Identifier: Apache-2.0
// `Profile`: what every op took, over many requests, for people and for trace viewers. An engine tells it through
// LoadOptions::on_op; it is shared by all threads that run that engine.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <rheo/record.h>

namespace rheo::cli {

// One op, over all requests that ran it.
struct OpRow {
  std::string op;
  std::string kind;
  std::string kernel;
  std::int64_t runs = 0;
  double total_us = 0;
  double share = 0;  // of the time of all ops

  double mean_us() const { return runs > 0 ? total_us / static_cast<double>(runs) : 0; }
};

class Profile {
 public:
  // Any thread. What is told between two `begin`s belongs to the first one's label.
  void add(const OpTime& op);
  // Starts a part of its own, "final.f32 x 8".
  void begin(std::string label);

  // Ops of one part, slowest first; the same op under several kernels has several rows.
  std::vector<OpRow> rows(const std::string& label) const;
  // The same, of all ops of one kind and kernel together.
  std::vector<OpRow> kinds(const std::string& label) const;
  // Everything as Chrome's trace events: opens in Perfetto and in chrome://tracing. One process per part.
  std::string chrome_trace() const;

 private:
  struct Event {
    std::size_t part;
    int thread;
    OpTime time;  // its texts are in texts_: the engine may end first
  };

  std::string_view keep(std::string_view text);  // call with mutex_ held

  mutable std::mutex mutex_;
  std::vector<std::string> parts_;            // guarded by mutex_
  std::vector<Event> events_;                 // guarded by mutex_
  std::map<std::thread::id, int> threads_;    // guarded by mutex_
  std::set<std::string, std::less<>> texts_;  // guarded by mutex_
};

}  // namespace rheo::cli

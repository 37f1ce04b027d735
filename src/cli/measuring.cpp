// SPDX-License-Identifier: Apache-2.0
#include "cli/measuring.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <latch>
#include <thread>

#include "base/clock.h"
#include "base/try.h"

namespace rheo::cli {

namespace {

// Several callers make that many calls each before the next contender has its turn: enough for them to run into one
// another, as they would in a server.
constexpr int kCallsPerTurn = 8;

// What one caller did in one turn.
struct Share {
  std::vector<double> call_us;
  std::int64_t ended_ns = 0;
  Status status;
};

void call_many(const Call& call, int caller, std::int64_t first, int times, Share& share) {
  for (int i = 0; i < times && share.status.ok(); ++i) {
    const std::int64_t started = now_ns();
    share.status = call(caller, first + i);
    share.ended_ns = now_ns();
    share.call_us.push_back(static_cast<double>(share.ended_ns - started) * 1e-3);
  }
}

// One turn of one contender: every caller makes its calls; adds what they took to `series`.
Status take_turn(const Call& call, const Pace& pace, std::int64_t first, int times, Series& series) {
  std::vector<Share> shares(static_cast<std::size_t>(pace.callers));
  std::int64_t started = now_ns();
  if (pace.callers == 1) {
    call_many(call, 0, first, times, shares.front());
  } else {
    std::latch ready(pace.callers + 1);
    std::vector<std::jthread> threads;
    threads.reserve(static_cast<std::size_t>(pace.callers));
    for (int caller = 0; caller < pace.callers; ++caller) {
      threads.emplace_back([&, caller] {
        ready.arrive_and_wait();
        call_many(call, caller, first, times, shares[static_cast<std::size_t>(caller)]);
      });
    }
    ready.arrive_and_wait();
    started = now_ns();
  }  // the threads are joined here
  std::int64_t ended = started;
  for (const Share& share : shares) {
    RHEO_RETURN_IF_ERROR(share.status);
    ended = std::max(ended, share.ended_ns);
    series.call_us.insert(series.call_us.end(), share.call_us.begin(), share.call_us.end());
  }
  series.wall_s += static_cast<double>(ended - started) * 1e-9;
  return {};
}

// How many calls each caller still owes in the next turn; 0 when the contender is done.
int calls_due(const Series& series, const Pace& pace) {
  if (pace.duration_s > 0 && series.wall_s >= pace.duration_s) return 0;
  const int turn = pace.callers == 1 ? 1 : kCallsPerTurn;
  if (pace.calls == 0) return turn;
  const std::int64_t left = pace.calls - static_cast<std::int64_t>(series.call_us.size());
  const std::int64_t each = (left + pace.callers - 1) / pace.callers;
  return static_cast<int>(std::clamp<std::int64_t>(each, 0, turn));
}

Status warm_up(std::span<const Call> contenders, const Pace& pace) {
  Series ignored;
  for (int number = -pace.warmup; number < 0; ++number) {
    for (const Call& call : contenders) RHEO_RETURN_IF_ERROR(take_turn(call, pace, number, 1, ignored));
  }
  return {};
}

}  // namespace

Result<std::vector<Series>> measure(std::span<const Call> contenders, const Pace& pace) {
  if (pace.callers < 1 || (pace.calls < 1 && !(pace.duration_s > 0))) {
    return Status(StatusCode::invalid_argument,
                  "A measurement needs a caller, and a number of calls or a duration at which it ends.");
  }
  RHEO_RETURN_IF_ERROR(warm_up(contenders, pace));
  std::vector<Series> all(contenders.size());
  std::int64_t number = 0;
  for (bool going = true; going; number += kCallsPerTurn) {
    going = false;
    for (std::size_t i = 0; i < contenders.size(); ++i) {
      const int times = calls_due(all[i], pace);
      if (times == 0) continue;
      if (pace.stop.stop_requested()) return Status(StatusCode::cancelled, "The measurement was stopped.");
      const std::int64_t first = pace.callers == 1 ? number / kCallsPerTurn : number;
      RHEO_RETURN_IF_ERROR(take_turn(contenders[i], pace, first, times, all[i]));
      if (pace.after && pace.callers == 1) RHEO_RETURN_IF_ERROR(pace.after(i));
      going = true;
    }
  }
  return all;
}

double quantile(std::span<const double> sorted, double share) {
  return sorted[static_cast<std::size_t>(std::lround(share * static_cast<double>(sorted.size() - 1)))];
}

}  // namespace rheo::cli

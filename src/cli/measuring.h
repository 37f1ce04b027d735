// SPDX-License-Identifier: Apache-2.0
// `measure`: times calls in turns, from one caller or from several at once. It knows nothing of models: a contender is
// any function, so the loop serves a host's own calls as well. All contenders are interleaved, so that a drifting
// machine slows all of them alike.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <vector>

#include <rheo/status.h>

namespace rheo::cli {

// What is timed: one call, number `number` of `caller` (0 .. callers - 1). Numbers below 0 are warm-up. With several
// callers it runs on several threads at once.
using Call = std::function<Status(int caller, std::int64_t number)>;

struct Pace {
  int warmup = 10;         // calls of every caller and contender that are not counted
  std::int64_t calls = 0;  // to count for every contender, all callers together; 0: as many as fit into duration_s
  double duration_s = 0;  // for every contender; 0: until `calls` are counted. Whichever ends first, where both are set
  int callers = 1;        // at once
  std::stop_token stop = {};  // ends everything with `cancelled`
  // Called after every counted call, outside of its time, with the contender's index; only where there is one caller.
  std::function<Status(std::size_t contender)> after = {};
};

// What was measured of one contender.
struct Series {
  std::vector<double> call_us;  // in no special order where there are several callers
  double wall_s = 0;            // from the first to the last call of each turn, summed
};

// One Series per contender, in order. The first failure of any call ends the measurement and is returned.
// invalid_argument: a pace that would never end, or without a caller.
Result<std::vector<Series>> measure(std::span<const Call> contenders, const Pace& pace);

// The `share` quantile, 0 .. 1, of values that are sorted and not empty.
double quantile(std::span<const double> sorted, double share);

}  // namespace rheo::cli

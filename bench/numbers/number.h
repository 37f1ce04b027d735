// SPDX-License-Identifier: Apache-2.0
// A measured number with its target. Written to numbers.json by id, so that a number keeps its meaning over time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <rheo/status.h>

#include "demo/packages.h"
#include "observe/quiet.h"

namespace rheo::numbers {

struct Number {
  std::string id;
  std::string what;                 // how it was taken: ratio of means or of medians, of what
  std::optional<double> value;      // empty: it could not be measured, and `void_because` says why
  std::string unit;                 // "x" for a ratio
  double at_most = 0;               // the target
  bool timed = true;                // false: a count or a share of answers, which no neighbour changes
  std::string void_because = {};    // why it cannot meet its target whatever its value; empty: it can
  std::optional<Quiet> quiet = {};  // of the measure it came from

  bool met() const { return value && void_because.empty() && *value <= at_most; }
};
using Numbers = std::vector<Number>;

// Each measures one concern and appends its numbers. `sources` names packages that exist already.
Status measure_adaptive(const demo::Sources& sources, Numbers& numbers);
Status measure_batches(const demo::Sources& sources, Numbers& numbers);
Status measure_answers(const demo::Sources& sources, Numbers& numbers);
Status measure_certificate(const demo::Sources& sources, Numbers& numbers);
Status measure_layers(const demo::Sources& sources, Numbers& numbers);
Status measure_overheads(const demo::Sources& sources, Numbers& numbers);
Status measure_allocations(const demo::Sources& sources, Numbers& numbers);
Status measure_threads(const demo::Sources& sources, Numbers& numbers);
Status measure_threads_busy(const demo::Sources& sources, Numbers& numbers);  // keeps one processor busy meanwhile

// Milliseconds from Engine::load to the first answer in this process, which must be fresh.
Result<double> first_answer_ms(const std::string& package);

}  // namespace rheo::numbers

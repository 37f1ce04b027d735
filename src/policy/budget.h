// SPDX-License-Identifier: Apache-2.0
// What time is left for: shared by the policies that look at the deadline.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include <rheo/record.h>

namespace rheo {

// Expected time of running `next` now, in microseconds; what ran already is resumed.
inline double step_us(const Situation& situation, PathId next) {
  std::array<PathId, kMaxPaths> done;
  std::size_t count = 0;
  for (const Evidence& evidence : situation.evidence) done[count++] = evidence.path;
  return situation.ladder.remaining_us(next, std::span(done).first(count));
}

// True when the deadline comes before that step is expected to end. Costs nothing without a deadline.
inline bool too_late_for(const Situation& situation, PathId next) {
  return situation.budget.remaining_us < std::numeric_limits<double>::infinity() &&
         situation.budget.remaining_us < step_us(situation, next);
}

// True when there is something to answer with.
inline bool can_answer(const Situation& situation) {
  return !situation.evidence.empty() && situation.evidence.best().usable;
}

inline Reason out_of_budget(const Situation& situation, PathId next) {
  return {Measure::budget, static_cast<float>(situation.budget.remaining_us),
          static_cast<float>(step_us(situation, next))};
}

}  // namespace rheo

// SPDX-License-Identifier: Apache-2.0
#include "policy/thresholds.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include "policy/budget.h"

namespace rheo {
namespace {

// To the next rung, unless the deadline forbids it.
Decision climb(const Situation& situation, PathId next, Reason reason) {
  if (can_answer(situation) && too_late_for(situation, next)) {
    return Decision::answer(situation.evidence.best(), out_of_budget(situation, next));
  }
  return Decision::run(next, reason);
}

}  // namespace

Decision ThresholdsPolicy::decide(const Situation& situation) const {
  const EvidenceList& evidence = situation.evidence;
  if (evidence.empty()) return Decision::run(rungs_.front().path, {.measure = Measure::first_step});
  const Evidence& last = evidence.back();
  const auto rung = std::find_if(rungs_.begin(), rungs_.end(),
                                 [&](const ThresholdsRung& candidate) { return candidate.path == last.path; });
  const bool is_last = rung == rungs_.end() || rung + 1 == rungs_.end();
  if (is_last) {
    if (last.usable) return Decision::answer(last, {.measure = Measure::last_rung});
    // Not a number on the last rung: only the reference can still be trusted.
    if (evidence.has(situation.ladder.reference())) return Decision::answer(last, {.measure = Measure::last_rung});
    return climb(situation, situation.ladder.reference(), {.measure = Measure::last_rung});
  }
  const Reason reason{Measure::margin, last.margin, rung->margin};
  // A margin that is NaN compares false and goes deeper.
  if (last.usable && last.margin >= rung->margin) return Decision::answer(last, reason);
  return climb(situation, (rung + 1)->path, reason);
}

Result<std::shared_ptr<const Policy>> make_thresholds_policy(std::vector<ThresholdsRung> rungs) {
  if (rungs.empty() || rungs.size() > kMaxPaths) {
    return Status(StatusCode::invalid_argument, "A thresholds policy needs 1 to " + std::to_string(kMaxPaths) +
                                                    " rungs; got " + std::to_string(rungs.size()) + ".");
  }
  for (std::size_t i = 0; i < rungs.size(); ++i) {
    const bool in_range = rungs[i].margin >= 0 && rungs[i].margin <= 1;  // false for NaN
    const bool repeated = std::any_of(rungs.begin(), rungs.begin() + static_cast<std::ptrdiff_t>(i),
                                      [&](const ThresholdsRung& earlier) { return earlier.path == rungs[i].path; });
    if (!in_range || repeated || rungs[i].path.index >= kMaxPaths) {
      return Status(StatusCode::invalid_argument,
                    "Rung " + std::to_string(i) + " of a thresholds policy (path number " +
                        std::to_string(rungs[i].path.index) + ", margin " + std::to_string(rungs[i].margin) +
                        ") needs a margin in [0, 1] and a path that is listed once.");
    }
  }
  return std::shared_ptr<const Policy>(std::make_shared<ThresholdsPolicy>(std::move(rungs)));
}

}  // namespace rheo
